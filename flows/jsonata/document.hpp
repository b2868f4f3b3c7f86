// Document: JSON text parsed once into immutable Values that live as long as the Document. The core parses
// each payload once and shares it between flows (std::shared_ptr<const Document>); any thread may read it.
#pragma once

#include <string>
#include <string_view>
#include <waggle/result.hpp>

#include "flows/jsonata/arena.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

/// Deeper nesting than this is nobody's payload; it is an attack on recursive readers.
inline constexpr unsigned max_json_depth = 128;

struct ParseOptions {
  unsigned max_depth = max_json_depth;
  bool allow_duplicate_keys = false;  ///< true: the last one wins, as in JavaScript
  bool allow_fast_paths = true;       ///< off: names are read one by one, never guessed; see CompileOptions
};

class Document {
 public:
  Document() = default;  ///< root() is undefined

  /// Strict RFC 8259 in UTF-8. Escapes of lone surrogates are kept (as WTF-8), numbers keep their digits.
  /// Errors: invalid, with line:column and the reason.
  static Result<Document> parse(std::string_view text, const ParseOptions& options = {});
  /// The same without copying the text: `text` must outlive the Document.
  static Result<Document> parse_in_place(std::string_view text, const ParseOptions& options = {});
  /// A deep copy of `value` that outlives the Evaluation it came from. Functions become "" as in $string().
  static Document copy_of(Value value);

  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;

  Value root() const { return root_; }
  std::size_t bytes() const { return arena_.used(); }

 private:
  Arena arena_;
  Value root_;
};

/// A deep copy into `arena`.
Value copy_value(Value value, Arena& arena);

/// JSON text of a value. Numbers that came untouched from a document keep their digits; undefined members are
/// left out, undefined items and numbers that are not finite are null, functions are "".
void append_json(Value value, std::string& out);
std::string to_json(Value value);
/// The same over several lines, two spaces per level, as $string(x, true) prints.
void append_pretty_json(Value value, std::string& out);

/// What a template puts into text: as `&` does, so undefined is empty; but whole numbers keep all their
/// digits.
std::string to_text(Value value);
void append_text(Value value, std::string& out);

/// JSONata's truth: "" 0 null {} [] undefined and functions are false; an array is true when any item is.
bool to_boolean(Value value);
/// Deep equality as `=` means it.
bool equal(Value a, Value b);

}  // namespace waggle::jsonata
