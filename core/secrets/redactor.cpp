#include "core/secrets/redactor.hpp"

#include <algorithm>
#include <cstring>

#include <waggle/secret.hpp>

#include "core/secrets/spellings.hpp"

namespace waggle::secrets {
namespace {

constexpr std::string_view mask_text = "***";
constexpr unsigned hash_bits = 14;  // 64 KiB of table: stays in the second-level cache, and few false alarms

static_assert(min_masked_bytes == sizeof(std::uint32_t), "the hash reads four bytes");
std::uint32_t hash_of(const char* four_bytes) {
  std::uint32_t word;
  std::memcpy(&word, four_bytes, sizeof word);
  return word * 2654435761u >>
         (32 - hash_bits);  // Fibonacci hashing (Knuth): the high bits are the mixed ones
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.size() < min_masked_bytes) continue;
    for (std::string& form : spellings(secret))
      if (form.size() >= min_masked_bytes) forms_.push_back(std::move(form));
  }
  if (forms_.empty()) return;
  auto order = [](const std::string& a, const std::string& b) {
    std::uint32_t hash_a = hash_of(a.data()), hash_b = hash_of(b.data());
    if (hash_a != hash_b) return hash_a < hash_b;
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  };
  std::sort(forms_.begin(), forms_.end(), order);
  forms_.erase(std::unique(forms_.begin(), forms_.end()), forms_.end());
  starts_.assign((1u << hash_bits) + 1, 0);
  for (const std::string& form : forms_) ++starts_[hash_of(form.data()) + 1];
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
}

Redactor::~Redactor() {
  for (std::string& form : forms_) Secret::wipe(form);
}

std::size_t Redactor::match_at(std::string_view text, std::size_t at) const {
  std::uint32_t hash = hash_of(text.data() + at);
  for (std::uint32_t i = starts_[hash]; i < starts_[hash + 1]; ++i)
    if (text.compare(at, forms_[i].size(), forms_[i]) == 0) return forms_[i].size();
  return 0;
}

std::string Redactor::mask(std::string_view text) const { return mask_beginning(text, text.size()); }

std::string Redactor::mask_beginning(std::string_view text, std::size_t limit) const {
  limit = std::min(limit, text.size());
  if (forms_.empty()) return std::string(text.substr(0, limit));
  std::string out;
  std::size_t copied = 0;  // up to here the text is in `out`, or masked
  std::size_t masked = 0;  // end of the values found so far
  for (std::size_t at = 0; at < limit && at + min_masked_bytes <= text.size(); ++at) {
    std::size_t length = match_at(text, at);
    if (length == 0) continue;
    if (at >= masked || masked == 0) {
      out.append(text, copied, at - copied).append(mask_text);
    }
    masked = std::max(masked, at + length);
    copied = masked;
  }
  if (copied < limit) out.append(text, copied, limit - copied);
  return out;
}

bool Redactor::finds(std::string_view text) const {
  if (forms_.empty()) return false;
  for (std::size_t at = 0; at + min_masked_bytes <= text.size(); ++at)
    if (match_at(text, at) != 0) return true;
  return false;
}

}  // namespace waggle::secrets
