#include "plugins/host/file_check.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <type_traits>

namespace waggle::host {
namespace {

/// Our connectors have about 1 MB with debug information tens; beyond this it is something else that was
/// dropped there.
constexpr std::uint64_t max_file_bytes = 512ull << 20;

#if defined(__x86_64__)
constexpr auto our_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr auto our_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr auto our_machine = EM_RISCV;
#else
#error "name this machine's ELF number here"
#endif

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

Result<void> check_rights(const struct stat& is) {
  if (!S_ISREG(is.st_mode)) return invalid("it is no regular file; plugins are .so files", "not_a_file");
  if ((is.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return invalid(
        "others may write to it, so anybody could put code into this process; run chmod go-w on it",
        "writable");
  if (is.st_uid != 0 && is.st_uid != ::geteuid())
    return invalid("it belongs to another user; run chown on it", "foreign_owner");
  if (static_cast<std::uint64_t>(is.st_size) > max_file_bytes)
    return invalid("it is larger than " + std::to_string(max_file_bytes >> 20) + " MB; no plugin is",
                   "too_large");
  return {};
}

}  // namespace

Result<std::string> read_plugin_file(const std::string& file) {
  // O_NONBLOCK: opening a pipe that somebody dropped there must not wait for its other end.
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (in.get() < 0 && errno == ELOOP)
    return invalid("it is a symbolic link; copy the file itself into the folder", "link");
  if (in.get() < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
    return retry(std::string("it cannot be read now: ") + std::strerror(errno), {}, "unreadable");
  if (in.get() < 0) return invalid(std::string("it cannot be read: ") + std::strerror(errno), "unreadable");
  struct stat is {};
  if (::fstat(in.get(), &is) != 0)
    return invalid(std::string("it cannot be looked at: ") + std::strerror(errno), "unreadable");
  WAGGLE_TRY_VOID(check_rights(is));
  std::string out(static_cast<std::size_t>(is.st_size), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::read(in.get(), out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return invalid(std::string("it cannot be read: ") + std::strerror(errno), "unreadable");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<void> check_elf(std::string_view bytes) {
  Elf64_Ehdr header{};
  if (bytes.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG))
    return invalid("it is no shared library (no ELF file); build it with waggle_add_connector", "not_elf");
  const Error cut =
      invalid("it has lost its end; copy it again, first under another name, then rename it", "truncated");
  if (bytes.size() < sizeof(header)) return cut;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != our_machine)
    return invalid("it was built for another machine; build it for this one", "other_machine");
  if (header.e_type != ET_DYN)
    return invalid("it is an ELF file, but no shared library; build it with waggle_add_connector",
                   "not_shared");
  // The section table stands at the end of what linkers write, so a file that was cut misses it; a stripped
  // one has none.
  const auto reaches = [&](std::uint64_t from, std::uint64_t length) {
    return from <= bytes.size() && length <= bytes.size() - from;
  };
  if (!reaches(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr))) return cut;
  if (header.e_shoff != 0 && !reaches(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr)))
    return cut;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof(segment), sizeof(segment));
    if (segment.p_type == PT_LOAD && !reaches(segment.p_offset, segment.p_filesz)) return cut;
  }
  return {};
}

}  // namespace waggle::host
