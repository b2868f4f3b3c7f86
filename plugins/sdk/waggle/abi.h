/* The contract between the host and a plugin: C, bytes only. Frozen: fields are only appended, and whoever
 * reads a struct of the other side first checks that its `size` reaches the field. No std type, no exception,
 * and no memory that the other side must free crosses this line. Plugins are usually written against
 * <waggle/connector.hpp>, not this.
 *
 * A plugin exports exactly one symbol, `waggle_plugin_entry`, which returns a pointer to a static struct
 * waggle_plugin. docs/plugin-abi.md has the JSON of every message. */
#ifndef WAGGLE_ABI_H
#define WAGGLE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WAGGLE_ABI_MAGIC 0x57474C45u /* "WGLE" */
#define WAGGLE_ABI_MAJOR 1u          /* differs: the host refuses the plugin */
#define WAGGLE_ABI_MINOR 0u          /* grows when fields are appended */

/* Borrowed bytes; not NUL-terminated. data may be NULL when size is 0. */
struct waggle_bytes {
  const char* data;
  size_t size;
};

/* One message: a head in UTF-8 JSON, and a raw body (an HTTP body, untouched) that JSON could not carry. */
struct waggle_message {
  struct waggle_bytes head;
  struct waggle_bytes body;
};

/* What `start` and `step` answer. */
enum waggle_status {
  WAGGLE_EFFECT = 1, /* the operation wants this effect performed; call step with the outcome */
  WAGGLE_DONE = 2,   /* finished; the message is the result */
  WAGGLE_ERROR = 3   /* finished; head = {"next","message","code"?,"after_ms"?} */
};

/* An operation in progress; opaque to the host. */
struct waggle_operation;

struct waggle_plugin {
  uint32_t magic; /* WAGGLE_ABI_MAGIC */
  uint32_t major; /* WAGGLE_ABI_MAJOR of the header it was built with */
  uint32_t minor;
  uint32_t size; /* sizeof(struct waggle_plugin) as the plugin knows it */

  /* The declaration as JSON. Called once whenever the library is loaded, before all else, on the loading
   * thread; valid until it is unloaded. A host may load it to ask for this, unload it, and load it again
   * when it is needed. */
  struct waggle_bytes (*describe)(void);

  /* Begins an operation. `input` is borrowed for the call. *out belongs to the operation and stays valid
   * until the next call on the same operation. *operation is never NULL afterwards and must be dropped
   * exactly once. Any thread; different operations concurrently, one operation never concurrently. */
  uint32_t (*start)(struct waggle_message input, struct waggle_operation** operation,
                    struct waggle_message* out);

  /* Continues after an effect. Thread: any; for the effect "blocking" it is called on a thread that may
   * block. */
  uint32_t (*step)(struct waggle_operation* operation, struct waggle_message outcome,
                   struct waggle_message* out);

  /* Ends an operation, finished or not. */
  void (*drop)(struct waggle_operation* operation);
};

typedef const struct waggle_plugin* (*waggle_plugin_entry_fn)(void);

#ifdef __cplusplus
}
static_assert(offsetof(waggle_plugin, describe) == 16, "the ABI is frozen");
static_assert(offsetof(waggle_plugin, start) == 24 && offsetof(waggle_plugin, step) == 32,
              "the ABI is frozen");
static_assert(offsetof(waggle_plugin, drop) == 40 && sizeof(waggle_plugin) == 48,
              "append only, and raise the minor");
#endif

#endif
