#include "rtc/dtls/dtls_bio.h"

#include <openssl/bio.h>

#include <algorithm>

namespace sluice {
namespace {

DatagramPipe& PipeOf(BIO* bio) { return *static_cast<DatagramPipe*>(BIO_get_data(bio)); }

// What does not fit is cut off, like recv() does.
int Read(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  DatagramPipe& pipe = PipeOf(bio);
  if (pipe.incoming.empty() || size <= 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const size_t taken = std::min(pipe.incoming.size(), static_cast<size_t>(size));
  std::copy_n(pipe.incoming.begin(), taken, out);
  pipe.incoming = {};
  return static_cast<int>(taken);
}

int Write(BIO* bio, const char* in, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  DatagramPipe& pipe = PipeOf(bio);
  if (pipe.outgoing.size() < pipe.max_outgoing) pipe.outgoing.emplace_back(in, in + size);
  return size;
}

// OpenSSL asks datagram BIOs about MTU, time-outs and so on; it must only ever hear "flushed" and otherwise nothing.
long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

}  // namespace

BIO_METHOD* NewDatagramBioMethod() {
  static const int type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK;  // there are few: one serves every context
  BIO_METHOD* method = BIO_meth_new(type, "sluice datagrams");
  if (!method) return nullptr;
  BIO_meth_set_read(method, Read);
  BIO_meth_set_write(method, Write);
  BIO_meth_set_ctrl(method, Control);
  return method;
}

BIO* NewDatagramBio(const BIO_METHOD* method, DatagramPipe& pipe) {
  BIO* bio = BIO_new(method);
  if (!bio) return nullptr;
  BIO_set_data(bio, &pipe);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace sluice
