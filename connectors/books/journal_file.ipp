// Included by journal_file.hpp alone.
#pragma once

namespace waggle::books {

/// FNV-1a: recognises a torn write.
inline std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

/// A file is as we left it when all of these are.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = -1;
  std::int64_t modified_ns = 0, changed_ns = 0;
  bool operator==(const FileState&) const = default;
};

inline FileState state_of(const struct stat& s) {
  return {s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec,
          s.st_ctim.tv_sec * 1'000'000'000LL + s.st_ctim.tv_nsec};
}

/// Mutable and shared, because reading the file anew for each entry would make n entries cost n^2; guarded by
/// its mutex, which is never held across I/O. Losing it costs one reading.
struct Memory {
  struct Book {
    std::string path;
    Format format;
    FileState state;
    Known known;
  };
  std::mutex mutex;
  std::list<Book> books;  // latest first

  static Memory& get() {
    static Memory memory;
    return memory;
  }
};

inline Error JournalFile::trouble(const std::string& doing) const {
  const int number = errno;
  const std::string message = "cannot " + doing + " " + path_ + ": " + std::strerror(number);
  if (number == ENOENT || number == ENOTDIR || number == EISDIR || number == ELOOP || number == ENAMETOOLONG)
    return invalid(message + "; check the connection's `file` and that its folder exists", "bad_file");
  if (number == EACCES || number == EPERM || number == EROFS)
    return denied(message + "; let Waggle write there", "no_access");
  return retry(message, {}, number == ENOSPC || number == EDQUOT ? "disk_full" : "io");
}

inline std::string JournalFile::folder() const {
  const auto slash = path_.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
}

inline std::string JournalFile::pending_path() const {
  return folder() + "/." + path_.substr(path_.rfind('/') + 1) + ".waggle-pending";
}

inline Result<std::string> JournalFile::read(int file, off_t from) const {
  std::string out;
  for (;;) {
    constexpr std::size_t piece = 1 << 18;
    const std::size_t had = out.size();
    out.resize(had + piece);
    const ssize_t got = ::pread(file, out.data() + had, piece, from + static_cast<off_t>(had));
    if (got < 0 && errno == EINTR) {
      out.resize(had);
      continue;
    }
    if (got < 0) return trouble("read");
    out.resize(had + static_cast<std::size_t>(got));
    if (got == 0) return out;
  }
}

inline Result<void> JournalFile::write_all(int file, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return trouble("write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

inline Result<void> JournalFile::sync(int file) const {
  return ::fsync(file) == 0 ? Result<void>() : Result<void>(trouble("sync"));
}

inline Result<void> JournalFile::sync_folder() const {
  const Descriptor opened(::open(folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return trouble("sync the folder of");
  return {};
}

inline Result<JournalFile> JournalFile::lock(std::string path, Format format) {
  const auto deadline = std::chrono::steady_clock::now() + lock_patience;
  for (;;) {
    struct stat before {
    }, opened{};
    const bool existed = ::stat(path.c_str(), &before) == 0;
    JournalFile out(
        path, format,
        Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640)));
    if (!out.file_) return out.trouble("open");
    if (::fstat(out.file_.get(), &opened) != 0) return out.trouble("look at");
    if (!S_ISREG(opened.st_mode)) return invalid(path + " is not an ordinary file", "bad_file");
    if (opened.st_size > largest_file)
      return invalid(path + " is larger than 1 GB; begin a new file and include the old one", "too_large");
    if (!existed) WAGGLE_TRY_VOID(out.sync_folder());
    // Links resolved: one book has one intent file and one memory, by whatever name it is called.
    if (char* const real = ::realpath(path.c_str(), nullptr)) {
      out.path_ = real;
      std::free(real);
    }

    const bool locked = ::flock(out.file_.get(), LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK && errno != EINTR) return out.trouble("lock");
    // An editor may have put another file in its place between open and lock: then that one counts.
    if (locked && ::stat(path.c_str(), &before) == 0 && before.st_dev == opened.st_dev &&
        before.st_ino == opened.st_ino) {
      WAGGLE_TRY_VOID(out.recover());
      WAGGLE_TRY_VOID(out.learn());
      return out;
    }
    if (std::chrono::steady_clock::now() > deadline)
      return retry(path + " is locked by another program", {}, "locked");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

/// The intent file: "OFFSET LENGTH FINGERPRINT\n" and the text. One that is torn itself means that the append
/// never began.
inline Result<void> JournalFile::recover() {
  const Descriptor pending(::open(pending_path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!pending) return errno == ENOENT ? Result<void>() : Result<void>(trouble("open the pending entry of"));
  WAGGLE_TRY(const std::string intent, read(pending.get(), 0));
  const auto line_end = intent.find('\n');
  long long offset = -1;
  unsigned long long length = 0, mark = 0;
  const bool headed = line_end != std::string::npos &&
                      std::sscanf(intent.c_str(), "%lld %llu %llx", &offset, &length, &mark) == 3;
  const std::string_view text = headed ? std::string_view(intent).substr(line_end + 1) : std::string_view();
  if (headed && text.size() == length && fingerprint(text) == mark && offset >= 0) {
    WAGGLE_TRY(std::string tail, read(file_.get(), offset));
    while (tail.ends_with('\0')) tail.pop_back();  // some file systems show zeros where data never arrived
    struct stat now {};
    if (::fstat(file_.get(), &now) != 0) return trouble("look at");
    const bool torn = now.st_size > offset && tail.size() < text.size() && text.starts_with(tail);
    if (torn) {
      if (::ftruncate(file_.get(), offset) != 0) return trouble("mend");
      WAGGLE_TRY_VOID(sync(file_.get()));
    }
  }
  if (::unlink(pending_path().c_str()) != 0) return trouble("remove the pending entry of");
  return {};
}

inline Result<void> JournalFile::learn() {
  struct stat now {};
  if (::fstat(file_.get(), &now) != 0) return trouble("look at");
  {
    Memory& memory = Memory::get();
    const std::lock_guard guard(memory.mutex);
    for (auto book = memory.books.begin(); book != memory.books.end(); ++book)
      if (book->path == path_ && book->format == format_) {
        if (book->state == state_of(now)) known_ = std::move(book->known);
        const bool same = book->state == state_of(now);
        memory.books.erase(book);  // taken out while we work on it; remember() puts it back
        if (same) return {};
        break;
      }
  }
  WAGGLE_TRY(const std::string text, read(file_.get(), 0));
  known_.read(format_, text);
  return {};
}

inline void JournalFile::remember() {
  struct stat now {};
  if (::fstat(file_.get(), &now) != 0) return;
  Memory& memory = Memory::get();
  const std::lock_guard guard(memory.mutex);
  memory.books.push_front({path_, format_, state_of(now), std::move(known_)});
  if (memory.books.size() > most_remembered) memory.books.pop_back();
}

inline Result<std::optional<std::string>> JournalFile::find(std::string_view id) {
  if (!known_.ids.contains(id_fingerprint(id))) return std::optional<std::string>();
  WAGGLE_TRY(const std::string text, read(file_.get(), 0));
  const auto line_end = [&](std::size_t at) { return std::min(text.find('\n', at), text.size()); };
  std::size_t entry = 0;  // where the latest line without indentation began
  for (std::size_t at = 0; at < text.size(); at = line_end(at) + 1) {
    const std::string_view line(text.data() + at, line_end(at) - at);
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    if (!indented) entry = at;
    if (!indented || id_in_line(line) != id) continue;
    std::size_t end = line_end(at) + 1;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) end = line_end(end) + 1;
    remember();
    return std::optional(text.substr(entry, std::min(end, text.size()) - entry));
  }
  return std::optional<std::string>();  // another id's fingerprint: append() still needs known_
}

inline Result<void> JournalFile::append(const std::string& declarations, const std::string& entry) {
  struct stat now {};
  if (::fstat(file_.get(), &now) != 0) return trouble("look at");
  char last = '\n';
  if (now.st_size > 0 && ::pread(file_.get(), &last, 1, now.st_size - 1) != 1) return trouble("read");
  const std::string gap = now.st_size == 0 ? "" : last == '\n' ? "\n" : "\n\n";
  const std::string text = gap + declarations + (declarations.empty() ? "" : "\n") + entry;

  char head[80];
  std::snprintf(head, sizeof head, "%lld %llu %llx\n", static_cast<long long>(now.st_size),
                static_cast<unsigned long long>(text.size()),
                static_cast<unsigned long long>(fingerprint(text)));
  {
    const Descriptor pending(
        ::open(pending_path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!pending) return trouble("open the pending entry of");
    WAGGLE_TRY_VOID(write_all(pending.get(), head + text));
    WAGGLE_TRY_VOID(sync(pending.get()));
  }
  WAGGLE_TRY_VOID(sync_folder());

  auto done = write_all(file_.get(), text);
  if (done) done = sync(file_.get());
  if (!done) {  // a full disk: take back what went in; recover() does the same should this fail too
    if (::ftruncate(file_.get(), now.st_size) == 0 && ::fsync(file_.get()) == 0)
      ::unlink(pending_path().c_str());
    return done;
  }
  ::unlink(pending_path().c_str());  // left over, it is found to be complete and removed by the next
  known_.read(format_, text);
  remember();
  return {};
}

}  // namespace waggle::books
