// A path into a router, and what all kinds of it have in common: producers and consumers live on it. Made by Router.
// Lifetime and errors: status.h, object.h. The kinds:
//
//   WebRtcTransport: ICE, DTLS-SRTP, data channels; for browsers.
//   PlainTransport: RTP, or SRTP with keys by signalling; for FFmpeg, GStreamer, recorders.
//   PipeTransport: to a router of another worker or host; every stream as it is.
//   DirectTransport: this process itself sends and receives.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/consumer.h"
#include "controller/data_consumer.h"
#include "controller/data_producer.h"
#include "controller/dumps.h"
#include "controller/listen_info.h"
#include "controller/object.h"
#include "controller/producer.h"
#include "controller/rtp_parameters.h"
#include "controller/sctp_parameters.h"
#include "controller/sctp_stream_ids.h"
#include "controller/stats.h"
#include "controller/status.h"

namespace sluice::controller {

class Router;

enum class TransportType : uint8_t { kWebRtc, kPlain, kPipe, kDirect };
std::string_view ToString(TransportType type);  // "webrtc", "plain", "pipe", "direct"

// Of every kind; each has more.
struct TransportEvents {
  Handler<SctpState> sctp_state;
  Handler<const TraceEvent&> trace;
  Handler<CloseReason> closed;  // not after Close()
};

class Transport : public Object {
 public:
  ~Transport() override;

  virtual TransportType type() const = 0;
  // nullopt: it has no SCTP.
  const std::optional<SctpParameters>& sctp_parameters() const { return sctp_.parameters; }
  const std::optional<SctpState>& sctp_state() const { return sctp_.state; }
  // Once the association is up.
  const std::optional<SctpNegotiatedCapabilities>& sctp_negotiated() const { return sctp_.negotiated; }

  void Produce(ProducerOptions options, Callback<std::shared_ptr<Producer>> done);
  void Consume(ConsumerOptions options, Callback<std::shared_ptr<Consumer>> done);
  // Not on direct transports: only with SCTP.
  void ProduceData(DataProducerOptions options, Callback<std::shared_ptr<DataProducer>> done);
  void ConsumeData(DataConsumerOptions options, Callback<std::shared_ptr<DataConsumer>> done);

  // bit/s; 0: no limit. Direct transports have none: kUnimplemented.
  virtual void SetMaxIncomingBitrate(uint32_t bitrate, DoneCallback done);
  virtual void SetMaxOutgoingBitrate(uint32_t bitrate, DoneCallback done);
  virtual void SetMinOutgoingBitrate(uint32_t bitrate, DoneCallback done);
  void EnableTraceEvents(std::vector<std::string> types, DoneCallback done);  // "probation", "bwe"
  // nullopt where there is no congestion control: no consumer's peer promised feedback of its packets (and on pipes and
  // direct transports never). Only Sluice's worker knows this request.
  void GetCongestionStats(Callback<std::optional<CongestionStats>> done);
  void Dump(Callback<TransportDump> done);  // what all kinds have; each kind's own Dump() gives all

  const std::map<std::string, std::shared_ptr<Producer>>& producers() const { return producers_; }
  const std::map<std::string, std::shared_ptr<Consumer>>& consumers() const { return consumers_; }
  const std::map<std::string, std::shared_ptr<DataProducer>>& data_producers() const { return data_producers_; }
  const std::map<std::string, std::shared_ptr<DataConsumer>>& data_consumers() const { return data_consumers_; }

  void Close() override;

  struct Sctp {
    std::optional<SctpParameters> parameters;
    std::optional<SctpState> state;
    std::optional<SctpNegotiatedCapabilities> negotiated;
  };
  // What every kind is made from, by Router.
  struct Base {
    std::shared_ptr<Connection> connection;
    std::string id;
    std::weak_ptr<Router> router;
    std::string router_id;
    Sctp sctp;
  };

 protected:
  explicit Transport(Base base);
  friend class Router;
  friend class WebRtcServer;
  friend class Producer;
  friend class Consumer;
  friend class DataProducer;
  friend class DataConsumer;
  friend class PipePair;

  // Kinds read their own notifications and leave the others to this one.
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;

  virtual TransportEvents& events() = 0;
  virtual void OnClosed() {}                        // its state is the last one now
  virtual void DropHandlers() = 0;                  // it was closed by its owner
  virtual void EmitClosed(CloseReason reason) = 0;  // by somebody else
  virtual absl::StatusOr<RtpParameters> NegotiateConsumer(const Producer& producer, const ConsumerOptions& options);

 private:
  void SetCname(std::string& cname);
  absl::StatusOr<RtpParameters> NegotiateUnusedSsrcs(const Producer& producer, const ConsumerOptions& options);
  void CloseFor(CloseReason reason);
  void EnterClosedState();
  void CloseChildren(CloseReason reason);
  void OnProduced(const std::string& producer_id, Producer::Data data,
                  absl::StatusOr<const fbs::response::Response*> response, Callback<std::shared_ptr<Producer>> done);
  void OnConsumed(const std::string& consumer_id, Consumer::Data data,
                  absl::StatusOr<const fbs::response::Response*> response, Callback<std::shared_ptr<Consumer>> done);
  void Remove(const Producer& producer);
  absl::StatusOr<SctpStreamParameters> NegotiateStream(const DataProducer& producer,
                                                       const DataConsumerOptions& options);
  void OnDataProduced(const std::string& data_producer_id, absl::StatusOr<const fbs::response::Response*> response,
                      Callback<std::shared_ptr<DataProducer>> done);
  void OnDataConsumed(const std::string& data_consumer_id, absl::StatusOr<const fbs::response::Response*> response,
                      Callback<std::shared_ptr<DataConsumer>> done);
  void Remove(const Consumer& consumer);
  void Remove(const DataProducer& producer);
  void Remove(const DataConsumer& consumer);

  std::weak_ptr<Router> router_;
  std::string router_id_;
  Sctp sctp_;
  std::map<std::string, std::shared_ptr<Producer>> producers_;
  std::map<std::string, std::shared_ptr<Consumer>> consumers_;
  std::map<std::string, std::shared_ptr<DataProducer>> data_producers_;
  std::map<std::string, std::shared_ptr<DataConsumer>> data_consumers_;
  SctpStreamIds stream_ids_;  // of data consumers
  std::string cname_;         // all producers of one transport share it, so that their streams can be synchronised
  uint32_t next_mid_ = 0;     // of consumers
};

}  // namespace sluice::controller
