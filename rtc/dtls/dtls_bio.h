// A BIO that keeps datagrams apart: OpenSSL reads the one datagram that is being handled, and what it writes in one
// piece becomes one datagram of a bounded queue. For this folder's own use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

struct bio_method_st;
struct bio_st;

namespace sluice {

struct DatagramPipe {
  std::span<const uint8_t> incoming;           // taken whole by the next read; empty: nothing there
  std::vector<std::vector<uint8_t>> outgoing;  // at most max_outgoing; later ones are lost, as on any network
  size_t max_outgoing = 0;
};

bio_method_st* NewDatagramBioMethod();
// Null when out of memory. `pipe` outlives the BIO.
bio_st* NewDatagramBio(const bio_method_st* method, DatagramPipe& pipe);

}  // namespace sluice
