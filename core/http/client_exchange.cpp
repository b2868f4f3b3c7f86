// See client_exchange.hpp. libcurl 7.88, https://curl.se/libcurl/c/ (read 2026-11).
#include "core/http/client_exchange.hpp"

#include <algorithm>

#include "core/http/ascii.hpp"
#include "core/http/client_lookups.hpp"

namespace waggle::http {
namespace {

/// A server that sends more than this as headers is hostile or broken.
constexpr std::size_t max_response_header_bytes = 64u << 10;
/// Connecting, name look-up and TLS included; a host that needs longer is down.
constexpr std::chrono::milliseconds connect_timeout{10'000};
/// curl asks proxies and servers for gzip and decodes it; others are rare and not in every build.
constexpr const char* accepted_encodings = "gzip, deflate";

struct UrlFree {
  void operator()(CURLU* url) const { curl().url_cleanup(url); }
};

std::string part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl().url_get(url, what, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl().free(text);
  return out;
}

bool is_numeric(const std::string& host) {
  if (host.empty() || host.front() == '[') return true;
  return std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

std::string in_seconds(std::chrono::milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (time.count() % 1000 != 0) text += "." + std::to_string(time.count() % 1000 / 100);
  return text + " s";
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  curl().easy_setopt(easy, option, value);  // fails only for options this libcurl was built without
}

}  // namespace

Result<Destination> read_url(const std::string& url) {
  const std::unique_ptr<CURLU, UrlFree> parsed(curl().url());
  const CURLUcode code = curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK || url.find('\0') != std::string::npos)
    return invalid(
        "\"" + url + "\" is not a URL (" + curl().url_strerror(code) + "); write it like https://host/path",
        "bad_url");
  const std::string scheme = part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https")
    return invalid("\"" + url + "\" is not an http or https URL; only these two are called", "bad_scheme");
  Destination destination{lower(part(parsed.get(), CURLUPART_HOST)),
                          part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT), scheme == "https"};
  if (destination.host.empty())
    return invalid("\"" + url + "\" has no host; write it like https://host/path", "bad_url");
  destination.numeric = is_numeric(destination.host);
  return destination;
}

Exchange::Exchange(OutboundRequest request, Destination destination, Answered answered)
    : request_(std::move(request)), destination_(std::move(destination)), answered_(std::move(answered)) {}

Exchange::~Exchange() { curl().slist_free_all(sent_headers_); }

Result<void> Exchange::prepare(Easy easy) {
  if (!is_token(request_.method))
    return invalid("\"" + request_.method + "\" is not an HTTP method; use GET, POST, PUT, PATCH or DELETE",
                   "bad_method");
  easy_ = std::move(easy);
  if (!easy_) return retry("there is no memory for another HTTP request; try again later");
  WAGGLE_TRY_VOID(set_headers());
  CURL* handle = easy_.get();
  set(handle, CURLOPT_URL, request_.url.c_str());
  set(handle, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(handle, CURLOPT_ERRORBUFFER, error_text_);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  // Without this, giving up on a name look-up waits for its thread, and the loop with it.
  set(handle, CURLOPT_QUICK_EXIT, 1L);
  set(handle, CURLOPT_DNS_CACHE_TIMEOUT, static_cast<long>(dns_cache_time.count()));
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(handle, CURLOPT_PIPEWAIT,
      destination_.secure ? 1L : 0L);  // rather share an HTTP/2 connection than open another
  set(handle, CURLOPT_TCP_NODELAY, 1L);
  set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle, CURLOPT_ACCEPT_ENCODING, accepted_encodings);
  const auto time = std::max(left(), std::chrono::milliseconds(1));  // 0 would mean for ever
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(time.count()));
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(time, connect_timeout).count()));
  set(handle, CURLOPT_HTTPHEADER, sent_headers_);
  set_method();

  const auto header = +[](char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<Exchange*>(self)->take_header({data, size * count});
  };
  const auto body = +[](char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<Exchange*>(self)->take_body({data, size * count});
  };
  set(handle, CURLOPT_HEADERFUNCTION, header);
  set(handle, CURLOPT_HEADERDATA, this);
  set(handle, CURLOPT_WRITEFUNCTION, body);
  set(handle, CURLOPT_WRITEDATA, this);
  const auto open = +[](void* self, curlsocktype, curl_sockaddr* address) -> curl_socket_t {
    if (const auto& resolved = static_cast<Exchange*>(self)->on_resolved) resolved();
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  };
  set(handle, CURLOPT_OPENSOCKETFUNCTION, open);
  set(handle, CURLOPT_OPENSOCKETDATA, this);
  return {};
}

std::chrono::milliseconds Exchange::left() const {
  return request_.timeout -
         std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
}

void Exchange::set_method() {
  CURL* handle = easy_.get();
  const std::string& method = request_.method;
  if (method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    set(handle, CURLOPT_POST, 1L);
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(handle, CURLOPT_POSTFIELDS, request_.body.data());  // borrowed: request_ outlives the exchange
  }
  if (method != "GET" || !request_.body.empty()) set(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
}

Result<void> Exchange::set_headers() {
  const auto add = [this](const std::string& line) {
    if (curl_slist* longer = curl().slist_append(sent_headers_, line.c_str())) sent_headers_ = longer;
  };
  bool has_type = false;
  bool has_agent = false;
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name))
      return invalid("\"" + name + "\" is not a header name; use letters, digits and -", "bad_header");
    if (!is_header_value(value))
      return invalid(
          "the value of the header " + name + " has a line break or another control character; remove it",
          "bad_header");
    has_type = has_type || same_word(name, "content-type");
    has_agent = has_agent || same_word(name, "user-agent");
    // "name;" is libcurl's way to write a header without a value. What frames the message is libcurl's
    // business.
    if (same_word(name, "content-length") || same_word(name, "transfer-encoding")) continue;
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!has_type) add("Content-Type:");  // none, rather than libcurl's guess
  if (!has_agent) add("User-Agent: waggle");
  add("Expect:");  // waiting for 100-continue costs a second with servers that do not know it
  return {};
}

std::size_t Exchange::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > max_response_header_bytes) {
    too_large_ = true;
    return 0;
  }
  const std::size_t taken = line.size();
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.substr(0, 5) == "HTTP/") {  // also behind a 1xx: what counts is the last one
    response_.headers.clear();
    response_.body.clear();
    return taken;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return taken;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  response_.headers.emplace_back(lower(line.substr(0, colon)), value);
  const auto& added = response_.headers.back();
  if (added.first == "content-encoding" && !same_word(added.second, "identity")) decoded_ = true;
  return taken;
}

std::size_t Exchange::take_body(std::string_view bytes) {
  if (response_.body.size() + bytes.size() > request_.max_response_bytes) {
    too_large_ = true;
    return 0;
  }
  response_.body.append(bytes);
  return bytes.size();
}

Error Exchange::timed_out() const { return retry(words_for(CURLE_OPERATION_TIMEDOUT), {}, "no_answer"); }

Result<OutboundResponse> Exchange::finish(CURLcode code) {
  if (too_large_)
    return failed("the answer of " + destination_.host + " is longer than the limit of " +
                      std::to_string(request_.max_response_bytes) + " bytes (headers " +
                      std::to_string(max_response_header_bytes) + "); ask for less, or raise the limit",
                  "answer_too_large");
  if (code == CURLE_URL_MALFORMAT)
    return invalid("\"" + request_.url + "\" cannot be called: " + words_for(code), "bad_url");
  if (code != CURLE_OK) return retry(words_for(code), {}, "no_answer");
  long status = 0;
  curl().easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  response_.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
  if (decoded_)  // libcurl has decoded the body: what these headers say is no longer so
    std::erase_if(response_.headers, [](const auto& field) {
      return field.first == "content-encoding" || field.first == "content-length";
    });
  return std::move(response_);
}

std::string Exchange::words_for(CURLcode code) const {
  const std::string& host = destination_.host;
  const std::string where = host + ":" + destination_.port;
  const std::string detail = error_text_[0] != '\0' ? error_text_ : curl().easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "there is no address for the name " + host + "; check its spelling and this machine's DNS (" +
             detail + ")";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "there is no address for the proxy on the way to " + host + "; check the setting http_proxy (" +
             detail + ")";
    case CURLE_COULDNT_CONNECT:
      return where + " does not take connections; check that the service runs and the port is right (" +
             detail + ")";
    case CURLE_OPERATION_TIMEDOUT:
      return host + " did not answer within " + in_seconds(request_.timeout) +
             "; it is slow or out of reach: try later or raise the time-out (" + detail + ")";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return "the certificate of " + host +
             " cannot be trusted; check its name, its date and this machine's CA list (" + detail + ")";
    case CURLE_SSL_CONNECT_ERROR:
      return host + " and we found no common TLS; check that " + where + " speaks https (" + detail + ")";
    case CURLE_UNSUPPORTED_PROTOCOL:  // libcurl's word for an answer like that of HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
      return where + " does not speak HTTP; check the port (" + detail + ")";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return host + " closed the connection before its answer was complete; try again (" + detail + ")";
    default:
      return "the call to " + host + " failed; try again (" + detail + ")";
  }
}

Easy Exchange::release() {
  if (easy_) curl().easy_reset(easy_.get());  // forgets our pointers; keeps nothing but memory
  return std::move(easy_);
}

void Exchange::answer(Result<OutboundResponse> result) {
  if (auto answered = std::exchange(answered_, nullptr)) answered(std::move(result));
}

}  // namespace waggle::http
