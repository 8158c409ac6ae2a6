#include "worker/wire/data_wire.h"

#include <optional>
#include <vector>

namespace sluice::wire {
namespace {

flatbuffers::Offset<fbs::sctp::StreamParameters> EncodeStream(Builder& b,
                                                              const std::optional<SctpStreamParameters>& from) {
  if (!from) return 0;
  const SctpReliability& how = from->reliability;
  return fbs::sctp::CreateStreamParameters(b, from->stream_id, how.ordered, how.max_packet_life_time,
                                           how.max_retransmits);
}

}  // namespace

absl::StatusOr<SctpStreamParameters> Decode(const fbs::sctp::StreamParameters* from) {
  if (!from) return absl::InvalidArgumentError("sctpStreamParameters is missing");
  SctpStreamParameters out{.stream_id = from->stream_id(),
                           .reliability = {.max_packet_life_time = from->max_packet_life_time(),
                                           .max_retransmits = from->max_retransmits()}};
  SctpReliability& reliability = out.reliability;
  // Controllers take a 0 for a limit that was not given, where it would contradict something.
  const bool ordered = from->ordered().value_or(false);
  if (reliability.max_packet_life_time == 0 && (ordered || reliability.max_retransmits)) {
    reliability.max_packet_life_time.reset();
  }
  if (reliability.max_retransmits == 0 && (ordered || reliability.max_packet_life_time)) {
    reliability.max_retransmits.reset();
  }
  reliability.ordered = from->ordered().value_or(!reliability.max_packet_life_time && !reliability.max_retransmits);
  if (auto status = ValidateStream(DataType::kSctp, out); !status.ok()) return status;
  return out;
}

SubchannelSet DecodeSubchannels(const flatbuffers::Vector<uint16_t>* from) {
  return from ? SubchannelSet(std::vector<uint16_t>(from->begin(), from->end())) : SubchannelSet();
}

// Strings are there even when they are empty, as controllers expect; so no object API here.
flatbuffers::Offset<fbs::data::ProducerDumpResponse> EncodeDataProducerDump(Builder& b, const DataProducer& of) {
  const auto id = b.CreateString(of.id());
  const auto stream = EncodeStream(b, of.config().stream);
  const auto label = b.CreateString(of.config().label), protocol = b.CreateString(of.config().protocol);
  return fbs::data::CreateProducerDumpResponse(b, id, static_cast<fbs::data::ProducerType>(of.type()), stream, label,
                                               protocol, of.paused());
}

flatbuffers::Offset<fbs::data::ProducerGetStatsResponse> EncodeDataProducerStats(Builder& b, const DataProducer& of,
                                                                                 Timestamp now) {
  const auto label = b.CreateString(of.config().label), protocol = b.CreateString(of.config().protocol);
  return fbs::data::CreateProducerGetStatsResponse(b, static_cast<uint64_t>(now.ms()), label, protocol,
                                                   of.stats().messages, of.stats().bytes);
}

flatbuffers::Offset<fbs::data::ConsumerDumpResponse> EncodeDataConsumerDump(Builder& b, const DataConsumer& of) {
  const auto id = b.CreateString(of.id()), producer_id = b.CreateString(of.producer().id());
  const auto stream = EncodeStream(b, of.config().stream);
  const auto label = b.CreateString(of.config().label), protocol = b.CreateString(of.config().protocol);
  const auto subchannels = b.CreateVector(of.subchannels().numbers());
  return fbs::data::CreateConsumerDumpResponse(b, id, producer_id, static_cast<fbs::data::ConsumerType>(of.type()),
                                               stream, label, protocol, of.transport().BufferedAmount(of),
                                               of.buffered_amount_low_threshold(), of.paused(), of.producer_paused(),
                                               subchannels);
}

flatbuffers::Offset<fbs::data::ConsumerGetStatsResponse> EncodeDataConsumerStats(Builder& b, const DataConsumer& of,
                                                                                 Timestamp now) {
  const auto label = b.CreateString(of.config().label), protocol = b.CreateString(of.config().protocol);
  return fbs::data::CreateConsumerGetStatsResponse(b, static_cast<uint64_t>(now.ms()), label, protocol,
                                                   of.stats().messages, of.stats().bytes,
                                                   of.transport().BufferedAmount(of));
}

}  // namespace sluice::wire
