/* A plugin in C from the frozen header of version 1.0. It must load in every later Waggle of major version 1.
 */
#include <stdlib.h>
#include <string.h>

#include "abi_1_0.h"

struct waggle_operation {
  int steps;
};

static struct waggle_bytes text(const char* chars) {
  struct waggle_bytes out = {chars, strlen(chars)};
  return out;
}

static struct waggle_bytes describe(void) {
  return text(
      "{\"id\":\"frozen\",\"title\":\"Frozen\",\"version\":\"1.0\",\"actions\":[{\"id\":\"greet\",\"help\":"
      "\"Greets.\"}]}");
}

static uint32_t start(struct waggle_message input, struct waggle_operation** operation,
                      struct waggle_message* out) {
  (void)input;
  *operation = calloc(1, sizeof(struct waggle_operation));
  out->head =
      text("{\"effect\":\"http\",\"method\":\"GET\",\"url\":\"https://example.test/\",\"headers\":[]}");
  return WAGGLE_EFFECT;
}

static uint32_t step(struct waggle_operation* operation, struct waggle_message outcome,
                     struct waggle_message* out) {
  (void)outcome;
  ++operation->steps;
  out->head = text("{\"output\":{\"greeting\":\"from 1.0\"}}");
  return WAGGLE_DONE;
}

static void drop(struct waggle_operation* operation) { free(operation); }

__attribute__((visibility("default"))) const struct waggle_plugin* waggle_plugin_entry(void) {
  static const struct waggle_plugin plugin = {WAGGLE_ABI_MAGIC,
                                              WAGGLE_ABI_MAJOR,
                                              WAGGLE_ABI_MINOR,
                                              sizeof(struct waggle_plugin),
                                              describe,
                                              start,
                                              step,
                                              drop};
  return &plugin;
}
