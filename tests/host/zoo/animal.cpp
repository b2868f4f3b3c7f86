// One bad plugin per value of ANIMAL (see CMakeLists.txt here), written against the bare C header: each
// breaks the contract in one way, and is otherwise a working plugin that greets.
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <waggle/abi.h>

struct waggle_operation {
  std::string head;
};

namespace {

constexpr std::string_view animal = ANIMAL;

waggle_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

[[noreturn]] void crash() {
  std::raise(SIGSEGV);
  std::abort();
}

bool described = false;

waggle_bytes describe() {
  described = true;
  if (animal == "throws_in_describe") throw std::runtime_error("describe went wrong");
  if (animal == "crashes_in_describe") crash();
  if (animal == "exits_in_describe") _exit(0);
  if (animal == "describes_nothing") return {nullptr, 0};
  if (animal == "describes_nonsense") return bytes("hello");
  if (animal == "describes_a_bad_type")
    return bytes(R"({"id":"zoo","actions":[{"id":"greet","inputs":[{"name":"x","type":"texte"}]}]})");
  if (animal == "reports_its_own_error")
    return bytes(R"({"error":{"next":"bug","message":"action x has no function"}})");
  if (animal == "hangs_in_describe")
    for (;;) pause();
  return bytes(R"({"id":"zoo","title":"Zoo","version":"1","actions":[{"id":"greet"}]})");
}

uint32_t start(waggle_message, waggle_operation** operation, waggle_message* out) {
  if (animal == "throws_in_start") throw std::runtime_error("start went wrong");
  if (animal == "throws_an_int_in_start") throw 7;
  if (animal == "prepares_in_describe" && !described) throw std::logic_error("describe was not called");
  *operation = new waggle_operation{R"({"effect":"sleep","ms":1})"};
  *out = {bytes((*operation)->head), {nullptr, 0}};
  if (animal == "gives_no_operation") {
    delete *operation;
    *operation = nullptr;
  }
  if (animal == "answers_a_bad_status") return 77;
  if (animal == "answers_a_null_head") out->head = {nullptr, 5};
  if (animal == "answers_a_huge_head") out->head.size = ~std::size_t{0};
  if (animal == "answers_no_json") (*operation)->head = "nonsense", out->head = bytes((*operation)->head);
  if (animal == "answers_an_array") (*operation)->head = "[1]", out->head = bytes((*operation)->head);
  if (animal == "errs_without_next") {
    (*operation)->head = R"({"message":"oh"})";
    out->head = bytes((*operation)->head);
    return WAGGLE_ERROR;
  }
  return WAGGLE_EFFECT;
}

uint32_t step(waggle_operation* operation, waggle_message, waggle_message* out) {
  if (animal == "throws_in_step") throw std::runtime_error("step went wrong");
  operation->head = R"({"output":"hello"})";
  *out = {bytes(operation->head), {nullptr, 0}};
  return WAGGLE_DONE;
}

void drop(waggle_operation* operation) {
  delete operation;
  if (animal == "throws_in_drop") throw std::runtime_error("drop went wrong");
}

/// What a later minor version might look like: fields appended.
struct newer_plugin {
  waggle_plugin base;
  void (*novelty)();
};

waggle_plugin make() {
  waggle_plugin out{WAGGLE_ABI_MAGIC,
                    WAGGLE_ABI_MAJOR,
                    WAGGLE_ABI_MINOR,
                    sizeof(waggle_plugin),
                    describe,
                    start,
                    step,
                    drop};
  if (animal == "wrong_magic") out.magic = 0x12345678;
  if (animal == "too_new") out.major = WAGGLE_ABI_MAJOR + 1;
  if (animal == "short_struct") out.size = sizeof(waggle_plugin) - 8;
  if (animal == "no_callback") out.step = nullptr;
  if (animal == "newer_minor") out.minor = 7, out.size = sizeof(newer_plugin);
  return out;
}

const struct OnLoad {
  OnLoad() {
    if (animal == "crashes_on_load") crash();
    if (animal == "throws_on_load") throw std::runtime_error("loading went wrong");
  }
} on_load;

}  // namespace

extern "C" __attribute__((visibility("default"))) const waggle_plugin* waggle_plugin_entry() {
  if (animal == "throws_in_entry") throw std::runtime_error("entry went wrong");
  if (animal == "no_struct") return nullptr;
  static const newer_plugin plugin{make(), nullptr};
  return &plugin.base;
}
