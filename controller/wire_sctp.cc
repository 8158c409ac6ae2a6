#include "controller/calls.h"
#include "controller/wire.h"

namespace sluice::controller {

std::unique_ptr<fbs::transport::OptionsT> TransportOptionsToFbs(const SctpOptions& sctp, bool is_data_channel) {
  auto result = std::make_unique<fbs::transport::OptionsT>();
  result->enable_sctp = sctp.enable;
  result->max_send_message_size = sctp.max_send_message_size;
  result->max_receive_message_size = sctp.max_receive_message_size;
  result->sctp_send_buffer_size = sctp.send_buffer_size;
  result->sctp_per_stream_send_queue_limit = sctp.per_stream_send_queue_limit;
  result->sctp_max_receiver_window_buffer_size = sctp.max_receiver_window_buffer_size;
  result->sctp_default_stream_buffered_amount_low_threshold = sctp.default_buffered_amount_low_threshold;
  result->is_data_channel = is_data_channel;
  return result;
}

SctpState FromFbs(fbs::sctp::State state) {
  switch (state) {
    case fbs::sctp::State::Connecting:
      return SctpState::kConnecting;
    case fbs::sctp::State::Connected:
      return SctpState::kConnected;
    case fbs::sctp::State::Failed:
      return SctpState::kFailed;
    case fbs::sctp::State::Closed:
      return SctpState::kClosed;
    default:
      return SctpState::kNew;
  }
}

std::optional<SctpParameters> FromFbs(const fbs::sctp::Parameters* parameters) {
  if (parameters == nullptr) return std::nullopt;
  return SctpParameters{.port = parameters->port(),
                        .max_send_message_size = parameters->max_send_message_size(),
                        .max_receive_message_size = parameters->max_receive_message_size(),
                        .send_buffer_size = parameters->send_buffer_size(),
                        .per_stream_send_queue_limit = parameters->per_stream_send_queue_limit(),
                        .max_receiver_window_buffer_size = parameters->max_receiver_window_buffer_size(),
                        .is_data_channel = parameters->is_data_channel()};
}

std::optional<SctpNegotiatedCapabilities> FromFbs(const fbs::sctp::NegotiatedCapabilities* capabilities) {
  if (capabilities == nullptr) return std::nullopt;
  return SctpNegotiatedCapabilities{.max_outbound_streams = capabilities->negotiated_max_outbound_streams(),
                                    .max_inbound_streams = capabilities->negotiated_max_inbound_streams()};
}

Transport::Sctp SctpFromFbs(const fbs::transport::Dump* dump) {
  if (dump == nullptr) return {};
  Transport::Sctp result{.parameters = FromFbs(dump->sctp_parameters()),
                         .negotiated = FromFbs(dump->sctp_negotiated_capabilities())};
  if (dump->sctp_state()) result.state = FromFbs(*dump->sctp_state());
  return result;
}

std::unique_ptr<fbs::sctp::StreamParametersT> ToFbs(const SctpStreamParameters& parameters) {
  auto result = std::make_unique<fbs::sctp::StreamParametersT>();
  result->stream_id = parameters.stream_id;
  result->ordered = parameters.ordered;
  result->max_packet_life_time = parameters.max_packet_life_time;
  result->max_retransmits = parameters.max_retransmits;
  return result;
}

std::optional<SctpStreamParameters> FromFbs(const fbs::sctp::StreamParameters* parameters) {
  if (parameters == nullptr) return std::nullopt;
  return SctpStreamParameters{.stream_id = parameters->stream_id(),
                              .ordered = parameters->ordered(),
                              .max_packet_life_time = parameters->max_packet_life_time(),
                              .max_retransmits = parameters->max_retransmits()};
}

DataProducerDump FromFbs(const fbs::data::ProducerDumpResponse& dump) {
  return {.id = Text(dump.id()),
          .type = dump.type() == fbs::data::ProducerType::Direct ? DataType::kDirect : DataType::kSctp,
          .sctp_stream_parameters = FromFbs(dump.sctp_stream_parameters()),
          .label = Text(dump.label()),
          .protocol = Text(dump.protocol()),
          .paused = dump.paused()};
}

DataConsumerDump FromFbs(const fbs::data::ConsumerDumpResponse& dump) {
  return {.id = Text(dump.id()),
          .data_producer_id = Text(dump.data_producer_id()),
          .type = dump.type() == fbs::data::ConsumerType::Direct ? DataType::kDirect : DataType::kSctp,
          .sctp_stream_parameters = FromFbs(dump.sctp_stream_parameters()),
          .label = Text(dump.label()),
          .protocol = Text(dump.protocol()),
          .buffered_amount = dump.buffered_amount(),
          .buffered_amount_low_threshold = dump.buffered_amount_low_threshold(),
          .paused = dump.paused(),
          .data_producer_paused = dump.data_producer_paused(),
          .subchannels = Numbers(dump.subchannels())};
}

}  // namespace sluice::controller
