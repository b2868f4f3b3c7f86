#include "core/secrets/references.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace waggle::secrets {
namespace {

Result<std::string> read_variable(const std::string& name, const References& references) {
  if (name.empty()) return invalid("${env.} names no variable; write ${env.NAME}", "bad_reference");
  if (auto value = references.environment(name)) return *value;
  return invalid("the environment variable " + name + " is not set; set it before Waggle starts (export " +
                     name + "=...), or use ${file.PATH} to read it from a file",
                 "missing_variable");
}

Result<std::string> read_file(const std::string& path, const References& references) {
  if (path.empty()) return invalid("${file.} names no file; write ${file.PATH}", "bad_reference");
  std::string full = path.front() == '/' ? path : references.dir + "/" + path;
  std::string what = "${file." + path + "}: ";
  struct stat status {};
  if (::stat(full.c_str(), &status) != 0)
    return invalid(
        what + full + " cannot be read: " + std::strerror(errno) +
            (errno == ENOENT ? "; make it, or correct the path" : "; check the path and its permissions"),
        "missing_file");
  if (!S_ISREG(status.st_mode))
    return invalid(what + full + " is no plain file; name a file", "missing_file");
  if (static_cast<std::size_t>(status.st_size) > max_referenced_file_bytes)
    return invalid(what + full + " is larger than 64 KiB; a secret is one line or one key, check the path",
                   "file_too_large");
  std::ifstream stream(full, std::ios::binary);
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  if (!stream.read(text.data(), status.st_size))
    return invalid(what + full + " cannot be read; check its permissions", "missing_file");
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

Result<std::string> look_up(std::string_view inside, const References& references) {
  if (inside.starts_with("env.")) return read_variable(std::string(inside.substr(4)), references);
  if (inside.starts_with("file.")) return read_file(std::string(inside.substr(5)), references);
  return invalid("${" + std::string(inside) +
                     "} is not known here; only ${env.NAME} and ${file.PATH} are, and \\${ is a literal ${",
                 "bad_reference");
}

}  // namespace

std::optional<std::string> References::process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<Resolved> resolve(std::string_view text, const References& references) {
  Resolved out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t open = text.find("${", at);
    if (open == std::string_view::npos) break;
    if (open > at && text[open - 1] == '\\') {
      out.text.append(text, at, open - 1 - at).append("${");
      at = open + 2;
      continue;
    }
    std::size_t close = text.find('}', open);
    if (close == std::string_view::npos)
      return invalid("a } is missing after ${; write ${env.NAME} or ${file.PATH}, or \\${ for a literal ${",
                     "bad_reference");
    out.text.append(text, at, open - at);
    WAGGLE_TRY(std::string value, look_up(text.substr(open + 2, close - open - 2), references));
    out.referred = true;
    out.text += value;
    out.found.push_back(std::move(value));
    at = close + 1;
  }
  out.text.append(text, at);
  return out;
}

}  // namespace waggle::secrets
