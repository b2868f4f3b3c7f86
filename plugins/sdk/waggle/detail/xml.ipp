// Included by xml.hpp alone.
#pragma once

#include <expat.h>

#include <climits>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <waggle/detail/utf8.ipp>
#include <waggle/xml.hpp>

namespace waggle {
namespace detail {

/// Builds the Json while expat reads. Nothing thrown passes through expat's C code: it is kept and the parse
/// stopped.
class XmlReader {
 public:
  Result<Json> read(std::string_view text) {
    const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                         XML_ParserFree);
    if (!parser) return retry("out of memory");
    parser_ = parser.get();
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, &XmlReader::on_start, &XmlReader::on_end);
    XML_SetCharacterDataHandler(parser_, &XmlReader::on_text);
    XML_SetStartDoctypeDeclHandler(parser_, &XmlReader::on_doctype);
    if (text.size() > INT_MAX) return invalid("the XML is larger than 2 GB", "bad_xml");
    const bool good =
        XML_Parse(parser_, text.data(), static_cast<int>(text.size()), XML_TRUE) == XML_STATUS_OK;
    if (good && why_.empty()) return std::move(root_);
    if (why_.empty()) stop(XML_ErrorString(XML_GetErrorCode(parser_)));
    return invalid("not valid XML at " + where_ + ": " + why_, "bad_xml");
  }

 private:
  struct Place {
    std::size_t at;  // among the members of `value`
    bool repeated;
  };
  struct Element {
    std::string name;
    Json value = Json::object();
    std::string text;
    std::vector<std::string> prefixes;                // declared here
    std::unordered_map<std::string, Place> elements;  // by name; a document may have a million of them
  };

  template <class F>
  static void guarded(void* self, F work) noexcept {
    auto* const reader = static_cast<XmlReader*>(self);
    if (!reader->why_.empty()) return;
    try {
      work(*reader);
    } catch (...) {
      reader->stop("out of memory");
    }
  }
  static void XMLCALL on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    guarded(self, [&](XmlReader& reader) { reader.start(name, attributes); });
  }
  static void XMLCALL on_end(void* self, const XML_Char*) {
    guarded(self, [](XmlReader& reader) { reader.end(); });
  }
  static void XMLCALL on_text(void* self, const XML_Char* text, int length) {
    guarded(self, [&](XmlReader& reader) {
      reader.open_.back().text.append(text, static_cast<std::size_t>(length));
    });
  }
  static void XMLCALL on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    guarded(self,
            [](XmlReader& reader) { reader.stop("a DOCTYPE is not allowed; send the document without it"); });
  }

  void stop(std::string why) {
    why_ = std::move(why);
    where_ = std::to_string(XML_GetCurrentLineNumber(parser_)) + ":" +
             std::to_string(XML_GetCurrentColumnNumber(parser_) + 1);
    XML_StopParser(parser_, XML_FALSE);
  }

  void start(std::string_view name, const XML_Char** attributes) {
    if (open_.size() >= static_cast<std::size_t>(xml_depth_limit))
      return stop("nested deeper than " + std::to_string(xml_depth_limit));
    Element& element = open_.emplace_back();
    element.name = name;
    int count = 0;
    for (; *attributes; attributes += 2) {
      if (++count > xml_attribute_limit)
        return stop("an element with more than " + std::to_string(xml_attribute_limit) + " attributes");
      const std::string_view key = attributes[0];
      if (key.starts_with("xmlns:")) ++prefixes_[element.prefixes.emplace_back(key.substr(6))];
      element.value.members().emplace_back("@" + std::string(key), attributes[1]);
    }
    check_prefix(name);
    for (const auto& [key, value] : element.value.members()) check_prefix(std::string_view(key).substr(1));
  }

  void check_prefix(std::string_view name) {
    const auto colon = name.find(':');
    if (colon == name.npos || !why_.empty()) return;
    const std::string_view prefix = name.substr(0, colon);
    if (prefix == "xml" || prefix == "xmlns") return;
    if (!prefixes_.contains(std::string(prefix)))
      stop("the prefix of " + std::string(name) + " is not declared");
  }

  void end() {
    Element element = std::move(open_.back());
    open_.pop_back();
    for (const std::string& prefix : element.prefixes)
      if (--prefixes_[prefix] == 0) prefixes_.erase(prefix);
    Json value = finish(element);
    if (open_.empty()) {
      root_.set(std::move(element.name), std::move(value));
      return;
    }
    put(open_.back(), std::move(element.name), std::move(value));
  }

  static Json finish(Element& element) {
    const bool blank = element.text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (element.value.size() == 0) return Json(std::move(element.text));
    if (!(blank && !element.elements.empty()) && !element.text.empty())
      element.value.set("#text", std::move(element.text));
    return std::move(element.value);
  }

  /// The second of a name makes an array.
  static void put(Element& parent, std::string name, Json value) {
    Json::Object& members = parent.value.members();
    const auto [found, is_new] = parent.elements.try_emplace(name, Place{members.size(), false});
    if (is_new) {
      members.emplace_back(std::move(name), std::move(value));
      return;
    }
    Json& slot = members[found->second.at].second;
    if (!std::exchange(found->second.repeated, true)) {
      Json first = std::move(slot);
      slot = Json::array();
      slot.push(std::move(first));
    }
    slot.push(std::move(value));
  }

  XML_Parser parser_ = nullptr;
  std::vector<Element> open_;
  std::unordered_map<std::string, int> prefixes_;  // declared by the open elements, and how often
  Json root_ = Json::object();
  std::string why_;
  std::string where_;
};

}  // namespace detail

inline Result<Json> parse_xml(std::string_view text) { return detail::XmlReader().read(text); }

}  // namespace waggle
