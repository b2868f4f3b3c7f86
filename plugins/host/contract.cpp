#include "plugins/host/contract.hpp"

#include <exception>

#include <waggle/detail/message.ipp>

namespace waggle::host {

std::string thrown() {
  try {
    throw;
  } catch (const std::exception& problem) {
    return std::string("threw an exception across the C boundary: ") + problem.what();
  } catch (...) {
    return "threw something across the C boundary that is no std::exception";
  }
}

Result<const waggle_plugin*> enter(waggle_plugin_entry_fn entry) {
  const waggle_plugin* plugin = nullptr;
  try {
    plugin = entry();
  } catch (...) {
    return bug("waggle_plugin_entry " + thrown(), "throws");
  }
  if (!plugin)
    return bug(
        "waggle_plugin_entry returned nothing; it must return the address of a static struct waggle_plugin",
        "no_struct");
  if (plugin->magic != WAGGLE_ABI_MAGIC)
    return bug("waggle_plugin_entry returned something that is no struct waggle_plugin (wrong magic number)",
               "bad_magic");
  if (plugin->major != WAGGLE_ABI_MAJOR)
    return invalid("it was built for version " + std::to_string(plugin->major) + "." +
                       std::to_string(plugin->minor) + " of the plugin boundary, and this Waggle has " +
                       std::to_string(WAGGLE_ABI_MAJOR) + "." + std::to_string(WAGGLE_ABI_MINOR) +
                       "; build it with this Waggle's SDK" +
                       (plugin->major > WAGGLE_ABI_MAJOR ? " or use a newer Waggle" : ""),
                   "other_version");
  constexpr std::size_t size_1_0 =
      48;  // of the struct in version 1.0; later fields are looked at only when size reaches them
  if (plugin->size < size_1_0)
    return bug("its struct waggle_plugin says it has " + std::to_string(plugin->size) +
                   " bytes, but version 1.0 has " + std::to_string(size_1_0),
               "short_struct");
  if (!plugin->describe || !plugin->start || !plugin->step || !plugin->drop)
    return bug("its struct waggle_plugin lacks one of describe, start, step and drop", "no_callback");
  return plugin;
}

Result<std::string> describe(const waggle_plugin& plugin) {
  try {
    const waggle_bytes text = plugin.describe();
    if (!text.data || text.size == 0) return bug("describe answered nothing", "bad_describe");
    if (text.size > max_description_bytes)
      return bug("describe answered " + std::to_string(text.size) + " bytes; at most " +
                     std::to_string(max_description_bytes) + " are read",
                 "bad_describe");
    return std::string(text.data, text.size);
  } catch (...) {
    return bug("describe " + thrown(), "throws");
  }
}

Result<ConnectorSpec> read_description(std::string_view text) {
  const auto json = Json::parse(text);
  if (!json.ok()) return bug("describe answered what is " + json.error().message, "bad_describe");
  if (const Json* const error = json->find("error"))
    return bug("its declaration is wrong: " + waggle::detail::error_from_json(*error).message,
               "bad_describe");
  auto spec = ConnectorSpec::from_json(*json);
  if (!spec.ok()) return bug("its declaration is wrong: " + spec.error().message, "bad_describe");
  return spec;
}

}  // namespace waggle::host
