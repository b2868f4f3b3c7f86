// Compressed bodies made on the spot. For these tests only.
#pragma once

#include <zlib.h>

#include <string>

namespace waggle::http::test {

inline std::string compress(const std::string& text, int window) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string gzip(const std::string& text) { return compress(text, 15 + 16); }
inline std::string zlib(const std::string& text) { return compress(text, 15); }
inline std::string raw_deflate(const std::string& text) { return compress(text, -15); }

}  // namespace waggle::http::test
