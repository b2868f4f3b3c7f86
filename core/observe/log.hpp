// Log: structured lines, one event each, for a terminal or as JSON. Made once at start and passed by
// reference to whoever logs; any thread. House rule: an error is logged once, where it is finally handled.
//
//   log.info("run failed", {{"run", run.id}, {"flow", run.flow}, {"took_ms", took}});
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <waggle/result.hpp>

#include "core/secrets/redactor.hpp"

namespace waggle::observe {

enum class Level : std::uint8_t { unset, debug, info, warning, error };
std::string_view to_string(Level level);
Level level_from(std::string_view word);  ///< `unset` for an unknown word

/// Longer values are cut: a line stays readable, and an event from outside cannot flood the disk.
constexpr std::size_t max_field_bytes = 4u << 10;

/// One named value. Borrows: lives only as long as the call.
class Field {
 public:
  Field(std::string_view name, std::string_view text) : name_(name), text_(text) {}
  Field(std::string_view name, const std::string& text) : name_(name), text_(text) {}
  Field(std::string_view name, const char* text) : name_(name), text_(text) {}
  template <std::integral T>
  Field(std::string_view name, T number)
      : name_(name), number_(static_cast<std::int64_t>(number)), kind_(Kind::number) {}
  Field(std::string_view name, bool truth) : name_(name), number_(truth), kind_(Kind::boolean) {}

 private:
  friend class Line;
  enum class Kind : std::uint8_t { text, number, boolean };
  std::string_view name_;
  std::string_view text_;
  std::int64_t number_ = 0;
  Kind kind_ = Kind::text;
};
using Fields = std::initializer_list<Field>;

enum class LogFormat : std::uint8_t { unset, text, colour, json };

struct LogOptions {
  LogFormat format = LogFormat::text;
  Level level = Level::info;
  std::function<void(std::string_view line)>
      write;  ///< called with one whole line, one at a time; default: standard error
  std::function<std::int64_t()> now_ms;  ///< Unix ms; default: the system's clock
};

/// `json` when asked for, else text: coloured when standard error is a terminal that shows colour (and
/// NO_COLOR is not set).
LogFormat format_for_stderr(bool json);

class Log {
 public:
  explicit Log(LogOptions options = {});

  bool enabled(Level level) const { return level >= level_.load(std::memory_order_relaxed); }
  void set_level(Level level) { level_.store(level, std::memory_order_relaxed); }
  /// From now on these values are masked. Called after each load of the project.
  void set_redactor(std::shared_ptr<const secrets::Redactor> redactor);

  /// `event` is a constant phrase ("run failed"); what varies goes into fields, so that lines can be counted
  /// and searched.
  void write(Level level, std::string_view event, Fields fields = {});
  void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
  void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
  void warning(std::string_view event, Fields fields = {}) { write(Level::warning, event, fields); }
  void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }
  /// The same with what, code and next action of an Error.
  void error(std::string_view event, const Error& error, Fields fields = {});

 private:
  void write_line(Level level, std::string_view event, Fields fields, const Error* error);

  LogOptions options_;
  std::atomic<Level> level_;
  std::mutex mutex_;  // of redactor_ and of the order of lines
  std::shared_ptr<const secrets::Redactor> redactor_;
};

}  // namespace waggle::observe
