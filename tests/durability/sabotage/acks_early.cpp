// A broken Waggle for testing the harness: it says yes at the door, before the commit. Linked with --wrap of
// Intake::receive (tests/durability/CMakeLists.txt).
#include "core/engine/intake.hpp"

namespace waggle::engine {

// A member function is called as a free one with `this` in front (Itanium C++ ABI, 3.1; read 2026-11).
void really_receive(Intake* intake, http::Request request, http::Respond respond) asm(
    "__real__ZN6waggle6engine6Intake7receiveENS_4http7RequestESt8functionIFvNS2_5ReplyEEE");
void receive_hastily(Intake* intake, http::Request request, http::Respond respond) asm(
    "__wrap__ZN6waggle6engine6Intake7receiveENS_4http7RequestESt8functionIFvNS2_5ReplyEEE");

void receive_hastily(Intake* intake, http::Request request, http::Respond respond) {
  really_receive(intake, std::move(request), [](const http::Reply&) {});
  respond(http::Reply::text(200, "taken"));
}

}  // namespace waggle::engine
