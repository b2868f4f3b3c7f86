// ParsedJson: JSON text parsed once and shared: an event's payload by all its runs, constants by all runs of
// a flow. Immutable; any thread.
#pragma once

#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "flows/jsonata/document.hpp"

namespace waggle::flows {

class ParsedJson {
 public:
  /// A delivery's own bytes: strict JSON, as Json::parse takes it (no duplicate keys, no lone surrogates).
  /// Errors: invalid, with line:column and why.
  static Result<std::shared_ptr<const ParsedJson>> strict(std::string text);
  /// What was stored, or written by a connector: of two equal keys the last one counts. Errors: invalid.
  static Result<std::shared_ptr<const ParsedJson>> stored(std::string text);

  const std::string& text() const { return text_; }
  jsonata::Value root() const { return document_.root(); }

 private:
  explicit ParsedJson(std::string text) : text_(std::move(text)) {}
  Result<void> parse(bool allow_duplicate_keys);

  std::string text_;
  jsonata::Document document_;  // its values lie in text_
};

}  // namespace waggle::flows
