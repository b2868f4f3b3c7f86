// One loaded plugin, and its operations. Bytes in, bytes out; every nonsense answer of a plugin becomes an
// Error(bug) that names it. A Plugin is immutable and shared; its code stays loaded, once it was needed,
// while any operation or registry holds it. Any thread; one operation is used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <waggle/json.hpp>
#include <waggle/result.hpp>
#include <waggle/spec.hpp>

namespace waggle::host {

struct Message {
  std::string head;  ///< JSON
  std::string body;  ///< raw bytes
};

enum class Status { effect, done, error };

struct Step {
  Status status = Status::error;
  Message message;  ///< with effect and done; with error: the head as the plugin wrote it (`status` of a
                    ///< refused request is there)
  Error error;      ///< with error
  Json head = {};   ///< message.head, read
};

class Operation {
 public:
  virtual ~Operation() = default;  ///< drops it
  virtual Step step(const Message& outcome) = 0;
};

struct Started {
  std::unique_ptr<Operation> operation;
  Step step;
};

class Plugin : public std::enable_shared_from_this<Plugin> {
 public:
  virtual ~Plugin() = default;
  virtual const ConnectorSpec& spec() const = 0;
  virtual const std::string& file() const = 0;          ///< where it was found
  virtual const std::string& content_hash() const = 0;  ///< SHA-256 hex of the file
  /// The first call loads the code, which blocks for about a millisecond. Errors: bug (the plugin broke the
  /// contract), retry (there is no memory for it, or its copy is gone).
  virtual Result<Started> start(const Message& input) const = 0;
};

}  // namespace waggle::host
