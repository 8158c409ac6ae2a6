// A data producer's messages on their way to one client, or to this process over a direct transport. Made by
// Transport::ConsumeData; ends with Close(), with its transport, or with its data producer. Lifetime and errors:
// object.h, status.h.
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

struct DataConsumerOptions {
  std::string data_producer_id;
  // Default: as the data producer's stream has it. `ordered` excludes limits: they are passed over then, as all of them
  // are on direct transports.
  std::optional<bool> ordered;
  std::optional<uint16_t> max_packet_life_time;  // ms
  std::optional<uint16_t> max_retransmits;
  bool paused = false;
  std::vector<uint16_t> subchannels;  // none: only messages that name none; see DataSendOptions
};

struct DataConsumerEvents {
  Handler<std::span<const uint8_t>, uint32_t> message;  // on direct transports: bytes, good during the call; PPID
  Handler<uint32_t> buffered_amount_low;                // bytes that still wait: no more than the threshold
  Handler<> send_buffer_full;                           // a message was dropped
  Handler<> data_producer_paused;
  Handler<> data_producer_resumed;
  Handler<CloseReason> closed;  // not after Close()
};

struct DataConsumerDump {
  std::string id;
  std::string data_producer_id;
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> sctp_stream_parameters;
  std::string label;
  std::string protocol;
  uint32_t buffered_amount = 0;  // bytes
  uint32_t buffered_amount_low_threshold = 0;
  bool paused = false;
  bool data_producer_paused = false;
  std::vector<uint16_t> subchannels;
};

class DataConsumer final : public Object {
 public:
  DataConsumer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
               std::string transport_id, DataConsumerDump data);  // by Transport
  ~DataConsumer() override;

  const std::string& data_producer_id() const { return data_.data_producer_id; }
  DataType type() const { return data_.type; }
  const std::optional<SctpStreamParameters>& sctp_stream_parameters() const { return data_.sctp_stream_parameters; }
  const std::string& label() const { return data_.label; }
  const std::string& protocol() const { return data_.protocol; }
  bool paused() const { return data_.paused; }  // by Pause()
  bool data_producer_paused() const { return data_.data_producer_paused; }
  uint32_t buffered_amount_low_threshold() const { return data_.buffered_amount_low_threshold; }
  const std::vector<uint16_t>& subchannels() const { return data_.subchannels; }

  void Pause(DoneCallback done);
  void Resume(DoneCallback done);
  // A message of this process's own to the client; the answer is the bytes that wait then. Not on direct transports.
  void SendText(std::string_view text, Callback<uint32_t> done);
  void SendBinary(std::span<const uint8_t> data, Callback<uint32_t> done);
  void Send(std::span<const uint8_t> data, uint32_t ppid, Callback<uint32_t> done);
  void GetBufferedAmount(Callback<uint32_t> done);
  void SetBufferedAmountLowThreshold(uint32_t bytes, DoneCallback done);
  void SetSubchannels(std::vector<uint16_t> subchannels, DoneCallback done);
  void AddSubchannel(uint16_t subchannel, DoneCallback done);
  void RemoveSubchannel(uint16_t subchannel, DoneCallback done);
  void GetStats(Callback<DataConsumerStats> done);
  void Dump(Callback<DataConsumerDump> done);
  void Close() override;

  DataConsumerEvents on;

 private:
  friend class PipePair;
  friend class Transport;
  void CloseFor(CloseReason reason);
  void SetDataProducerPaused(bool paused);
  void LeaveTransport();
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;

  std::weak_ptr<Transport> transport_;
  std::string transport_id_;
  DataConsumerDump data_;
};

}  // namespace sluice::controller
