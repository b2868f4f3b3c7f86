// XML as JSON, read by Expat with everything that reaches outside switched off: a DOCTYPE is refused
// outright, so there are no entities but the five, and nothing is fetched. Any thread.
//
//   <order id="7"><item>Book</item><item>Pen</item><note/></order>
//   {"order": {"@id": "7", "item": ["Book", "Pen"], "note": ""}}
//
// All values are texts. Attributes get an @; text beside attributes or elements is "#text"; names keep their
// prefix, the declarations of namespaces are left out. Schema locations and style sheets are plain data.
#pragma once

#include <expat.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

namespace waggle::webhook {

inline constexpr std::size_t deepest_element = 128;  ///< as Json::parse
inline constexpr int most_attributes = 256;          ///< of one element

class XmlReader {
 public:
  static Result<Json> read(std::string_view text) {
    constexpr XML_Char separator = '\n';  // cannot stand in a name or in a URI
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreateNS(nullptr, separator), XML_ParserFree);
    if (!parser) return retry("out of memory while reading XML");
    XmlReader reader(parser.get());
    XML_SetReturnNSTriplet(parser.get(), 1);
    XML_SetUserData(parser.get(), &reader);
    XML_SetElementHandler(parser.get(), &XmlReader::on_start, &XmlReader::on_end);
    XML_SetCharacterDataHandler(parser.get(), &XmlReader::on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), &XmlReader::on_doctype);
    const auto status = XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    const std::string place = " at line " + std::to_string(XML_GetCurrentLineNumber(parser.get()));
    if (!reader.problem_.empty())
      return invalid("the XML was refused" + place + ": " + reader.problem_, "bad_xml");
    if (status != XML_STATUS_OK)
      return invalid(
          "the body is no well-formed XML" + place + ": " + XML_ErrorString(XML_GetErrorCode(parser.get())),
          "bad_xml");
    return std::move(reader.root_);
  }

 private:
  struct Element {
    std::string name;
    std::string text;
    Json::Object members;
    std::unordered_map<std::string, std::size_t> places;  // of members, so that many names cost linear time
  };

  explicit XmlReader(XML_Parser parser) : parser_(parser) {}

  /// "uri\nlocal\nprefix", "uri\nlocal" or "local", as Expat gives it.
  static std::string name_of(std::string_view triplet) {
    const auto first = triplet.find('\n');
    if (first == triplet.npos) return std::string(triplet);
    const std::string_view rest = triplet.substr(first + 1);
    const auto second = rest.find('\n');
    if (second == rest.npos) return std::string(rest);
    return std::string(rest.substr(second + 1)) + ":" + std::string(rest.substr(0, second));
  }

  void stop(std::string why) {
    problem_ = std::move(why);
    XML_StopParser(parser_, XML_FALSE);
  }

  static void put(Element& element, std::string name, Json value) {
    const auto [at, fresh] = element.places.try_emplace(name, element.members.size());
    if (fresh) {
      element.members.emplace_back(std::move(name), std::move(value));
      return;
    }
    Json& had = element.members[at->second].second;
    if (!had.is_array()) had = Json::array({std::move(had)});
    had.push(std::move(value));
  }

  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    auto& reader = *static_cast<XmlReader*>(self);
    if (reader.open_.size() >= deepest_element) return reader.stop("elements are nested deeper than 128");
    Element& element = reader.open_.emplace_back();
    element.name = name_of(name);
    for (int i = 0; attributes[i] != nullptr; i += 2) {
      if (i >= 2 * most_attributes) return reader.stop("an element has more than 256 attributes");
      put(element, "@" + name_of(attributes[i]), attributes[i + 1]);
    }
  }

  static void on_text(void* self, const XML_Char* text, int size) {
    auto& reader = *static_cast<XmlReader*>(self);
    if (!reader.open_.empty()) reader.open_.back().text.append(text, static_cast<std::size_t>(size));
  }

  static void on_end(void* self, const XML_Char*) {
    auto& reader = *static_cast<XmlReader*>(self);
    Element element = std::move(reader.open_.back());
    reader.open_.pop_back();
    const bool blank = element.text.find_first_not_of(" \t\r\n") == std::string::npos;
    Json value;
    if (element.members.empty()) {
      value = std::move(element.text);
    } else {
      if (!blank) put(element, "#text", std::move(element.text));
      value = Json::object(std::move(element.members));
    }
    if (reader.open_.empty())
      reader.root_ = Json::object({{element.name, std::move(value)}});
    else
      put(reader.open_.back(), std::move(element.name), std::move(value));
  }

  static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<XmlReader*>(self)->stop("a DOCTYPE is not allowed");
  }

  XML_Parser parser_;
  std::vector<Element> open_;
  Json root_;
  std::string problem_;
};

}  // namespace waggle::webhook
