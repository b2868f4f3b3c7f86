// Certificates and a TLS server by the `openssl` program. For these tests only.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace waggle::http::test {

inline bool openssl(const std::string& arguments) {
  return std::system(("openssl " + arguments + " >/dev/null 2>&1").c_str()) == 0;
}

/// An authority and what it signs, in a folder that OpenSSL can search as its list of authorities.
class Authority {
 public:
  explicit Authority(std::string folder) : folder_(std::move(folder)) {}

  /// False if there is no openssl program.
  bool make() {
    return openssl("req -x509 " + new_key + " -days 2 -subj '/CN=Authority of a test' -keyout " +
                   path("ca.key") + " -out " + path("ca.pem")) &&
           std::system(("cp " + path("ca.pem") + " " + folder_ + "/$(openssl x509 -noout -subject_hash -in " +
                        path("ca.pem") + ").0")
                           .c_str()) == 0;
  }
  /// `names` like `DNS:localhost,IP:127.0.0.1`. The path of key and certificate in one file.
  std::string sign(const std::string& file, const std::string& names, int days = 2) {
    std::ofstream(path("names")) << "subjectAltName=" << names << "\n";
    const std::string at = path(file);
    const bool made =
        openssl("req " + new_key + " -subj /CN=server -keyout " + at + ".key -out " + at + ".csr") &&
        openssl("x509 -req -in " + at + ".csr -CA " + path("ca.pem") + " -CAkey " + path("ca.key") +
                " -CAcreateserial -days " + std::to_string(days) + " -extfile " + path("names") + " -out " +
                at + ".crt") &&
        std::system(("cat " + at + ".key " + at + ".crt > " + at).c_str()) == 0;
    return made ? at : std::string{};
  }

 private:
  static inline const std::string new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  std::string path(const std::string& file) const { return folder_ + "/" + file; }

  const std::string folder_;
};

/// The folder is named before a process' first TLS call, for the list of authorities is opened with that; it
/// is looked into with each certificate, so the authority may come later.
class AuthoritiesFolder {
 public:
  AuthoritiesFolder() {
    char name[] = "/tmp/waggle-authorities-XXXXXX";
    if (::mkdtemp(name) == nullptr) return;
    path_ = name;
    ::setenv("SSL_CERT_DIR", name, 1);
  }
  ~AuthoritiesFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline const AuthoritiesFolder authorities_folder;

/// Whom this process trusts; null if there is no openssl program to make it with.
inline Authority* trusted_authority() {
  static Authority authority(authorities_folder.path());
  static const bool made = authority.make();
  return made ? &authority : nullptr;
}

/// `openssl s_server -www`: answers every request with 200 and a page about the connection.
class OpensslServer {
 public:
  explicit OpensslServer(const std::string& certificate, const std::string& more = "") {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    const std::string command =
        "exec openssl s_server -www -accept 127.0.0.1:0 " + more + " -cert " + certificate + " 2>/dev/null";
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    for (char line[256]; port_ == 0 && std::fgets(line, sizeof line, output_) != nullptr;)
      if (std::string_view(line).substr(0, 7) == "ACCEPT ")
        port_ = static_cast<std::uint16_t>(std::atoi(std::strrchr(line, ':') + 1));
  }
  ~OpensslServer() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    if (output_ != nullptr) std::fclose(output_);
  }
  OpensslServer(const OpensslServer&) = delete;
  OpensslServer& operator=(const OpensslServer&) = delete;

  std::uint16_t port() const { return port_; }  ///< 0 if it did not start

 private:
  pid_t process_ = -1;
  std::FILE* output_ = nullptr;
  std::uint16_t port_ = 0;
};

}  // namespace waggle::http::test
