// A request put into the words of others: the head that a connector's `receive` gets, the `meta` that
// expressions see, and the answers that the front door gives by itself. Pure but for late_answer's timer; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waggle/result.hpp>

#include "core/engine/snapshot.hpp"
#include "core/http/loops.hpp"
#include "core/http/server.hpp"
#include "core/secrets/redactor.hpp"
#include "core/store/store.hpp"
#include "flows/run.hpp"

namespace waggle::engine {

using Params = std::vector<std::pair<std::string, std::string>>;

/// docs/plugin-abi.md, `receive`. `connection_json` holds secrets: the text goes to the connector and nowhere
/// else.
std::string receive_head(const http::Request& request, const Params& params, const HookTarget& target,
                         const std::string& connection_json, std::int64_t now_ms);

/// {"id","trigger","received_at","connection","delivery_id","method","headers","query","path"}; headers that
/// carry credentials are left out, and what is known to be secret in others, the query and the path is
/// masked.
std::string meta_json(const store::Event& event, const http::Request& request, const Params& params,
                      const secrets::Redactor& secrets);

/// `a=1&b=2&b=3` -> {"a":"1","b":["2","3"]}; `+` is a space. Bytes that are not UTF-8 become U+FFFD.
/// Known secrets are masked.
Json query_json(std::string_view query, const secrets::Redactor& secrets = {});

/// {"error":{"code","message"}}
http::Reply problem(int status, std::string_view code, std::string_view message);
/// 503 with Retry-After: the sender should send it again.
http::Reply try_again(std::string_view why);

/// What a `reply` step says, as the answer: {"status","headers","body"}.
http::Reply reply_from(std::string_view reply_json);
/// For a sender that still waits when the run is over: how it ended; 202 when the run goes on later.
http::Reply reply_of_ended(const store::Run& run);
/// For a repeat of an event whose sender waited for the run: what the first delivery was answered, or would
/// be now. Blocks. nullopt: the run is under way and has not answered, or there is none.
Result<std::optional<http::Reply>> first_reply(store::Reader& reader, const std::string& event_id);

/// The seed of a run's $random and $uuid: from its id, so that a replay sees the same.
std::uint64_t seed_of(std::string_view run_id);

/// The pure run of a row, at its beginning.
flows::Run begin_run(const std::shared_ptr<const flows::Flow>& flow, const store::Run& row,
                     std::shared_ptr<const flows::ParsedJson> event,
                     std::shared_ptr<const flows::ParsedJson> meta, std::shared_ptr<const flows::Vars> vars);

/// A sender that waits for the run's answer (`reply: after_run`) hears 202 after this: below the 30 s at
/// which most senders hang up.
inline constexpr std::chrono::seconds reply_deadline{25};

/// Like `respond`, but after reply_deadline the sender hears 202 and a later answer goes nowhere. On `loop`.
http::Respond late_answer(http::Loop& loop, http::Respond respond);

}  // namespace waggle::engine
