// See inflate.hpp.
#include "core/http/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <string_view>

#include "core/http/ascii.hpp"

namespace waggle::http {
namespace {

constexpr std::size_t piece_bytes = 32u << 10;
constexpr int zlib_window = 15;
constexpr int gzip_window = 15 + 16;  // zlib's way of asking for the gzip format
constexpr std::string_view content_encoding = "content-encoding";

bool is_gzip(std::string_view coding) { return same_word(coding, "gzip") || same_word(coding, "x-gzip"); }

class Inflater {
 public:
  explicit Inflater(int window) { ready_ = inflateInit2(&stream_, window) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::optional<Refusal> run(std::string_view in, bool members, std::size_t max_bytes,
                             std::size_t ratio_free_bytes, std::string& out) {
    const Refusal damaged{400, "the compressed body is damaged; send it again, or uncompressed"};
    if (!ready_) return Refusal{500, "there is no memory to decompress the body"};
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib does not write to it
    stream_.avail_in = static_cast<uInt>(in.size());                           // bounded by max_body_bytes
    const std::size_t bound = std::min(max_bytes, std::max(ratio_free_bytes, in.size() * max_inflate_ratio));
    for (;;) {
      const int code = step(out);
      if (out.size() > bound) return Refusal{413, "the decompressed body is too long"};
      if (code == Z_STREAM_END && stream_.avail_in == 0) return {};
      if (code == Z_STREAM_END) {
        if (!members || inflateReset(&stream_) != Z_OK) return damaged;
      } else if (code != Z_OK) {
        return damaged;  // Z_BUF_ERROR here is a body cut short
      }
    }
  }

 private:
  int step(std::string& out) {
    char piece[piece_bytes];
    stream_.next_out = reinterpret_cast<Bytef*>(piece);
    stream_.avail_out = piece_bytes;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    out.append(piece, piece_bytes - stream_.avail_out);
    return code;
  }

  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

bool is_encoded(const Headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& field) {
    return field.first == content_encoding && !same_word(field.second, "identity");
  });
}

bool is_decodable(const Headers& headers) {
  const auto count = std::count_if(headers.begin(), headers.end(),
                                   [](const auto& field) { return field.first == content_encoding; });
  const std::string_view coding = header(headers, content_encoding);
  return count == 1 && (is_gzip(coding) || same_word(coding, "deflate"));
}

std::optional<Refusal> decode_body(Headers& headers, std::string& body, std::size_t max_bytes,
                                   std::size_t ratio_free_bytes) {
  if (!is_decodable(headers))
    return Refusal{415, "the only content encodings taken are gzip and deflate, one at a time"};
  const bool gzip = is_gzip(header(headers, content_encoding));
  std::string decoded;
  Inflater inflater(gzip ? gzip_window : zlib_window);
  if (auto refusal = inflater.run(body, gzip, max_bytes, ratio_free_bytes, decoded)) return refusal;
  body = std::move(decoded);
  std::erase_if(headers, [](const auto& field) {
    return field.first == content_encoding || field.first == "content-length";
  });
  return {};
}

}  // namespace waggle::http
