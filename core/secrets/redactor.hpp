// Redactor: replaces known secret values in any text that leaves the engine: stored exchanges, traces, log
// lines, errors. Made once per project load, then shared; mask() may be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace waggle::secrets {

/// Shorter values are not searched for: they would blot out ordinary words. `check` warns about such a
/// secret.
constexpr std::size_t min_masked_bytes = 4;

class Redactor {
 public:
  Redactor() = default;  ///< knows no secrets
  /// Also finds each value as it looks inside JSON text, percent-encoded (either case of hex, space as + or
  /// %20), in hex, and in base64 and base64url at any of the three alignments (so inside `Basic dXNlcjpwYXNz`
  /// too).
  explicit Redactor(const std::vector<std::string>& secrets);
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;
  Redactor(Redactor&&) = default;
  Redactor& operator=(Redactor&&) = default;
  ~Redactor();

  /// `text` with every known value replaced by `***`. Overlapping values become one `***`. Time is linear in
  /// the text's length and does not grow with the number of secrets (short of collisions).
  std::string mask(std::string_view text) const;
  /// The same of the first `limit` bytes of `text`, for what is cut: a value that begins within them and ends
  /// beyond is masked as a whole, so that no part of it is left at the cut.
  std::string mask_beginning(std::string_view text, std::size_t limit) const;
  /// Whether mask() would change something.
  bool finds(std::string_view text) const;
  bool empty() const { return forms_.empty(); }

 private:
  std::size_t match_at(std::string_view text, std::size_t at) const;

  // All spellings of all secrets, ordered by the hash of their first min_masked_bytes bytes, longest first
  // within one hash; those of hash h are forms_[starts_[h]] up to forms_[starts_[h + 1]].
  std::vector<std::string> forms_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace waggle::secrets
