// XML as JSON: nested objects, attributes as "@name", text as "#text", repeated elements as arrays. Over
// expat, which waggle_add_connector links for whoever includes this. Any thread.
//
//   <order id="7"><item>a</item><item>b</item><note/></order>  ->
//   {"order":{"@id":"7","item":["a","b"],"note":""}}
#pragma once

#include <string_view>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

namespace waggle {

/// Deeper nesting is an attack, or no business document. As JSON each level may be an object and an array,
/// and 128 of these is where JSON ends.
inline constexpr int xml_depth_limit = 64;
/// Of one element; so is this.
inline constexpr int xml_attribute_limit = 256;

/// An element with neither attributes nor elements inside is its text; in one with elements inside, text that
/// is only white space is dropped, other text is joined under "#text". Names keep their prefix. A DOCTYPE is
/// refused outright, so there are no entities but the five of XML and no way out to a file or the network; an
/// undeclared namespace prefix is refused too. UTF-8, UTF-16, ISO-8859-1 and US-ASCII are read. Errors:
/// invalid, with line:column.
Result<Json> parse_xml(std::string_view text);

}  // namespace waggle

#include <waggle/detail/xml.ipp>
