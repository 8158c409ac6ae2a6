// A whole call in one object: clock, network, worker, and participants over plain SRTP transports, all from one seed.
// A scenario makes one, adds peers, says who publishes what and who watches it, sets the links, and lets time pass.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/sim/event_queue.h"
#include "test/sim/sim_peer.h"
#include "test/sim/sim_worker.h"
#include "test/sim/virtual_clock.h"
#include "test/sim/virtual_network.h"

namespace sluice::sim {

class Call {
 public:
  struct Participant {
    SimPeer* peer = nullptr;
    Transport* transport = nullptr;
  };
  struct Publication {
    Producer* producer = nullptr;
    MediaSender* sender = nullptr;
  };
  struct Subscription {
    Consumer* consumer = nullptr;
    MediaReceiver* receiver = nullptr;
  };

  explicit Call(uint64_t seed, SrtpSuite suite = SrtpSuite::kAeadAes128Gcm);

  // Whoever joins from now on has SCTP.
  void EnableData(const SctpConfig& config = {});
  // A peer with a connected transport.
  Participant Join(const std::string& name);
  // A peer that connects by ICE and DTLS, in the given role of its own, from now on.
  Participant JoinByWebRtc(const std::string& name, DtlsRole role = DtlsRole::kClient);
  // The same, with the fingerprint that the worker is told being somebody else's.
  Participant JoinWithWrongFingerprint(const std::string& name);
  // Announce and StartSending at once.
  Publication Publish(const Participant& from, MediaKind kind);
  Subscription Subscribe(const Participant& to, const Producer& producer);
  // A producer whose peer does not send yet: who subscribes before StartSending sees the beginning.
  Producer& Announce(const Participant& from, MediaKind kind);
  MediaSender& StartSending(const Participant& from, const Producer& producer) {
    return *StartSendingLayers(from, producer)[0];
  }
  // Video in three layers, bound by MID and RID; the senders are the lowest layer's first.
  Producer& AnnounceSimulcast(const Participant& from);
  Producer& AnnounceSimulcast(const Participant& from, const SimulcastShape& shape);
  std::vector<MediaSender*> StartSendingLayers(const Participant& from, const Producer& producer);

  void RunFor(TimeDelta time) { events_.RunFor(time); }
  // Lets what is under way arrive and be repaired: senders stop, then two seconds.
  void Settle();

  Timestamp now() const { return clock_.now(); }
  EventQueue& events() { return events_; }
  VirtualNetwork& network() { return network_; }
  SimWorker& worker() { return worker_; }

 private:
  Producer& AddProducer(const Participant& from, const std::vector<StreamConfig>& layers);
  SimPeer& AddPeer(const std::string& name);
  Participant StartWebRtc(const std::string& name, DtlsRole role, const DtlsFingerprint& fingerprint);

  const SrtpSuite suite_;
  std::optional<SctpConfig> data_;
  Rng rng_;
  VirtualClock clock_;
  EventQueue events_;
  VirtualNetwork network_;
  SimWorker worker_;
  std::unique_ptr<DtlsContext> browser_;  // of all peers
  std::vector<std::unique_ptr<SimPeer>> peers_;
  std::map<const Producer*, std::vector<StreamConfig>> layers_;
  uint32_t next_ssrc_ = 1000;
  int next_id_ = 0;
};

}  // namespace sluice::sim
