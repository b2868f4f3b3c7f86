#include "core/observe/log.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "core/clock.hpp"
#include "core/observe/log_line.hpp"

namespace waggle::observe {
namespace {

/// Nothing sensible can be done when standard error is gone: then the line is lost, and the engine goes on.
void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
    case Level::unset:
      break;
  }
  return "unset";
}

Level level_from(std::string_view word) {
  for (Level level : {Level::debug, Level::info, Level::warning, Level::error})
    if (to_string(level) == word) return level;
  return Level::unset;
}

LogFormat format_for_stderr(bool json) {
  if (json) return LogFormat::json;
  const char* terminal = std::getenv("TERM");
  bool colour = ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb" &&
                std::getenv("NO_COLOR") == nullptr;  // https://no-color.org (read 2026-11)
  return colour ? LogFormat::colour : LogFormat::text;
}

Log::Log(LogOptions options) : options_(std::move(options)), level_(options_.level) {
  if (!options_.write) options_.write = write_to_stderr;
  if (!options_.now_ms) options_.now_ms = waggle::now_ms;
}

void Log::set_redactor(std::shared_ptr<const secrets::Redactor> redactor) {
  std::lock_guard lock(mutex_);
  redactor_ = std::move(redactor);
}

void Log::write(Level level, std::string_view event, Fields fields) {
  if (enabled(level)) write_line(level, event, fields, nullptr);
}

void Log::error(std::string_view event, const Error& error, Fields fields) {
  if (enabled(Level::error)) write_line(Level::error, event, fields, &error);
}

void Log::write_line(Level level, std::string_view event, Fields fields, const Error* error) {
  std::shared_ptr<const secrets::Redactor> redactor;
  {
    std::lock_guard lock(mutex_);
    redactor = redactor_;
  }
  Line line(options_.format, redactor.get(), options_.now_ms(), level, event);
  for (const Field& field : fields) line.add(field);
  if (error != nullptr) {
    line.add({"error", error->message});
    if (!error->code.empty()) line.add({"code", error->code});
    line.add({"next", waggle::to_string(error->next)});
  }
  std::string text = std::move(line).finish();
  std::lock_guard lock(mutex_);
  options_.write(text);
}

}  // namespace waggle::observe
