// What a connector declares, as plain data: connection fields, triggers, actions, types. Written by the SDK
// as JSON
// (`describe`), read back by the host; flows check their inputs against it, and forms, docs and help are made
// from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

namespace waggle {

/// Type of a field. The host normalises typed payload fields: "29.35" under `decimal` reaches flows as the
/// number 29.35.
enum class FieldType {
  unset,
  text,
  secret,  ///< text that is never shown, logged or put into an event
  integer,
  decimal,  ///< exact decimal number; "29.35" and 29.35 are the same
  boolean,
  datetime,  ///< RFC 3339 with zone; the host turns known forms into it
  date,      ///< YYYY-MM-DD
  duration,  ///< "30s", "5m", "2h", "1d"
  url,
  path,    ///< a file or folder; in settings, the host makes a relative one start at the project folder
  choice,  ///< one of `choices`
  list,    ///< array; `fields` has one entry, the items' type
  object,  ///< `fields` are its members; none = any object
  any,
};

std::string_view to_string(FieldType type);        // the words are frozen: they are stored and shown
FieldType field_type_from(std::string_view word);  ///< `unset` for an unknown word

struct Field {
  std::string name = {};
  FieldType type = FieldType::text;
  std::string help = {};
  bool required = false;
  Json fallback = {};                     ///< default value; null = none
  std::vector<std::string> choices = {};  ///< of a `choice`
  std::vector<Field> fields = {};         ///< of an `object` or `list`
  Json example = {};
};

/// How deliveries of a trigger reach the connector.
enum class Delivery {
  unset,
  hook,  ///< POSTed to /hooks/<connection>; the connector tells by the request which trigger it is
  path,  ///< at a path that the flow declares (setting `path`); the trigger's settings come along
};

std::string_view to_string(Delivery delivery);

struct TriggerSpec {
  std::string id = {};  ///< `order_created`; `default` may be written by the connector's name alone
  std::string help = {};
  Delivery delivery = Delivery::hook;
  std::vector<Field> settings = {};       ///< what a flow may set under `when`
  std::vector<Field> payload = {};        ///< typed fields that the host normalises (dots for nesting:
                                          ///< `billing.email`, `line_items[].total`)
  std::vector<std::string> samples = {};  ///< file names under the connector's samples/
};

/// What the app makes of a repeated call.
enum class Idempotency {
  unset,   ///< none known: a repeat may do it twice
  native,  ///< understands our idempotency key
  lookup,  ///< the action looks up before it creates
  read,    ///< changes nothing
};

std::string_view to_string(Idempotency idempotency);

struct ActionSpec {
  std::string id = {};
  std::string help = {};
  std::vector<Field> inputs = {};
  std::vector<Field> outputs = {};
  Idempotency idempotency = Idempotency::unset;
  bool open_inputs = false;  ///< also takes inputs that are not listed
  std::vector<std::string> samples = {};
};

struct ConnectorSpec {
  std::string id = {};
  std::string title = {};
  std::string version = {};
  std::string help = {};
  std::vector<Field> settings = {};  ///< of a connection; empty = needs no connection
  bool connection_optional = false;  ///< usable without a connection although it has settings
  bool checks = false;               ///< has a connection check
  std::vector<TriggerSpec> triggers = {};
  std::vector<ActionSpec> actions = {};

  const TriggerSpec* trigger(std::string_view trigger_id) const;
  const ActionSpec* action(std::string_view action_id) const;

  Json to_json() const;
  /// Errors: invalid, naming the field and what is wrong.
  static Result<ConnectorSpec> from_json(const Json& json);
};

}  // namespace waggle

#include <waggle/detail/spec.ipp>
