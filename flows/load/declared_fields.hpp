// Checks constants of a flow file against a connector's declaration: types, choices, unknown and missing
// members. Used for trigger settings and action inputs while a file is loaded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <waggle/spec.hpp>

#include "flows/load/reader.hpp"

namespace waggle::flows {

/// What the values of a mapping are, for the words of problems.
struct FieldsOf {
  std::string owner;        ///< `slack.post_message`
  std::string_view one;     ///< "input" or "setting"
  bool open = false;        ///< members that are not declared are fine
  bool references = false;  ///< `${env.NAME}` and `${file.PATH}` stand for text that is known later
  bool templates = false;   ///< `${...}` stands for a value that is known when the flow runs
};

/// Codes: unknown_input / unknown_setting, missing_input / missing_setting, wrong_type, not_a_choice.
/// `mapping` may be null or empty; `at` is where missing fields are reported.
void check_fields(Reader& reader, const yaml::Node* mapping, const yaml::Node& at,
                  const std::vector<Field>& fields, const FieldsOf& of);

/// One constant against one field; anything with `${` passes when `of` says so.
void check_value(Reader& reader, const yaml::Node& node, const Field& field, const FieldsOf& of);

}  // namespace waggle::flows
