// A source of messages inside a router: one stream that a client sends, or what this process sends over a direct
// transport. Made by Transport::ProduceData; ends with Close(), or with its transport. Lifetime and errors: object.h,
// status.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/data_message.h"
#include "controller/object.h"
#include "controller/sctp_parameters.h"
#include "controller/stats.h"
#include "controller/status.h"

namespace sluice::controller {

class Transport;

struct DataProducerOptions {
  std::optional<SctpStreamParameters> sctp_stream_parameters;  // not on direct transports
  std::string label;
  std::string protocol;
  bool paused = false;
  std::string id;  // "": a random one
};

// Which of the data producer's consumers a message is for.
struct DataSendOptions {
  std::vector<uint16_t> subchannels;            // only those that have one of these; none: all, whatever they have
  std::optional<uint16_t> required_subchannel;  // and of them only those that have this one
  std::optional<uint16_t> ignored_subchannel;   // and that do not have this one
};

struct DataProducerEvents {
  Handler<CloseReason> closed;  // not after Close()
};

struct DataProducerDump {
  std::string id;
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> sctp_stream_parameters;
  std::string label;
  std::string protocol;
  bool paused = false;
};

class DataProducer final : public Object {
 public:
  DataProducer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
               std::string transport_id, DataProducerDump data);  // by Transport
  ~DataProducer() override;

  DataType type() const { return data_.type; }
  const std::optional<SctpStreamParameters>& sctp_stream_parameters() const { return data_.sctp_stream_parameters; }
  const std::string& label() const { return data_.label; }
  const std::string& protocol() const { return data_.protocol; }
  bool paused() const { return data_.paused; }

  void Pause(DoneCallback done);
  void Resume(DoneCallback done);
  void GetStats(Callback<DataProducerStats> done);
  void Dump(Callback<DataProducerDump> done);
  // Only on direct transports; others take none. Errors: Object::Notify.
  absl::Status SendText(std::string_view text, const DataSendOptions& options = {});
  absl::Status SendBinary(std::span<const uint8_t> data, const DataSendOptions& options = {});
  absl::Status Send(std::span<const uint8_t> data, uint32_t ppid, const DataSendOptions& options = {});
  void Close() override;

  DataProducerEvents on;

 private:
  friend class PipePair;
  friend class Transport;
  void CloseFor(CloseReason reason);
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;

  std::weak_ptr<Transport> transport_;
  std::string transport_id_;
  DataProducerDump data_;
};

}  // namespace sluice::controller
