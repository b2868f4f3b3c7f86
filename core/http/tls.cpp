// See tls.hpp. OpenSSL by way of Asio; whom it trusts: authorities.hpp.
#include "core/http/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <new>
#include <utility>

namespace waggle::http {
namespace {

namespace ssl = boost::asio::ssl;

/// Made with the first secure call; never destroyed, as connections end late.
ssl::context& client_context() {
  static ssl::context& one = *[] {
    auto* made = new ssl::context(ssl::context::tls_client);
    Code ignored;  // without a list every certificate is refused, in words that say so
    made->set_options(ssl::context::default_workarounds, ignored);
    made->set_default_verify_paths(ignored);
    made->set_verify_mode(ssl::verify_peer, ignored);
    SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
    return made;
  }();
  return one;
}

/// Without these nobody would look at whose certificate it is.
void must(int done) {
  if (done != 1) throw std::bad_alloc();
}

class SslTls final : public Tls {
 public:
  SslTls(Socket& socket, const std::string& host) : stream_(socket, client_context()) {
    SSL* const handle = stream_.native_handle();
    Code not_numeric;
    boost::asio::ip::make_address(host, not_numeric);
    if (not_numeric) {
      const std::string name = host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
      SSL_set_tlsext_host_name(handle, name.c_str());  // for names only, without a last dot: RFC 6066, 3
      must(SSL_set1_host(handle, name.c_str()));
      SSL_set_hostflags(handle, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    } else {
      must(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host.c_str()));
    }
    static constexpr unsigned char http_1_1[] = "\x08http/1.1";
    SSL_set_alpn_protos(handle, http_1_1, sizeof http_1_1 - 1);
  }

  void shake_hands(Done done) override {
    stream_.async_handshake(ssl::stream_base::client,
                            [done = std::move(done)](const Code& error) { done(error, 0); });
  }
  void read(boost::asio::mutable_buffer into, Done done) override {
    stream_.async_read_some(into, std::move(done));
  }
  void write(const Buffers& all, Done done) override {
    boost::asio::async_write(stream_, all, std::move(done));
  }
  std::string distrust() const override {
    // The handle is not const in OpenSSL's interface, but is only asked.
    SSL* const handle = const_cast<ssl::stream<Socket&>&>(stream_).native_handle();
    const long result = SSL_get_verify_result(handle);
    return result == X509_V_OK ? std::string{} : X509_verify_cert_error_string(result);
  }

 private:
  ssl::stream<Socket&> stream_;
};

}  // namespace

std::unique_ptr<Tls> Tls::over(Socket& socket, const std::string& host) {
  try {
    return std::make_unique<SslTls>(socket, host);
  } catch (const std::exception&) {  // OpenSSL's, for want of memory
    return nullptr;
  }
}

}  // namespace waggle::http
