// The headers of one request and one response, in libwebsockets' manner of reading and writing them. Every response
// says what browsers are to allow the page: its own files, camera and microphone, and nothing else.
#pragma once

#include <libwebsockets.h>

#include <array>
#include <string>
#include <string_view>

namespace sluice::conference {

std::string RequestHeader(lws* socket, lws_token_indexes token);  // "" when absent

class ResponseHeaders {
 public:
  static constexpr size_t kSpace = 4096;  // bytes of all headers; one that does not fit fails the response

  ResponseHeaders(lws* socket, unsigned status, std::string_view type, size_t length);
  // `name` with its colon.
  void Add(const char* name, std::string_view value);
  // False: the connection is of no more use.
  bool Send();

 private:
  void Note(int failed) { ok_ = ok_ && failed == 0; }
  unsigned char* begin() { return buffer_.data() + LWS_PRE; }
  unsigned char* end() { return buffer_.data() + buffer_.size(); }

  lws* socket_;
  std::array<unsigned char, LWS_PRE + kSpace> buffer_;
  unsigned char* at_ = buffer_.data() + LWS_PRE;
  bool ok_ = true;
};

}  // namespace sluice::conference
