#include "test/sim/media_record.h"

#include <algorithm>

#include "rtc/base/bytes.h"

namespace sluice::sim {
namespace {

constexpr uint32_t kMagic = 0x53696D21;

void WriteVp8(ByteWriter& out, const MediaRecord& record) {
  out.U8(record.packet == 0 ? 0x90 : 0x80);  // extended; the first packet starts the partition
  out.U8(0x80);                              // a picture id follows
  out.U16(static_cast<uint16_t>(0x8000 | (record.frame & 0x7FFF)));
  out.U8(record.key_frame ? 0 : 1);
}

}  // namespace

std::vector<uint8_t> WritePayload(MediaKind kind, const MediaRecord& record, size_t size) {
  const bool video = kind == MediaKind::kVideo;
  std::vector<uint8_t> payload(std::max(size, MediaRecord::kSize + (video ? MediaRecord::kVp8Size : 0)), 0xA5);
  ByteWriter out(payload);
  if (video) WriteVp8(out, record);
  out.U32(kMagic);
  out.U8(record.layer);
  out.U32(record.index);
  out.U32(record.frame);
  out.U16(record.packet);
  out.U16(record.packets);
  out.U8(record.key_frame ? 1 : 0);
  out.U64(static_cast<uint64_t>(record.captured.us()));
  return payload;
}

std::optional<MediaRecord> ReadPayload(MediaKind kind, std::span<const uint8_t> payload) {
  ByteReader in(payload);
  if (kind == MediaKind::kVideo) in.Skip(MediaRecord::kVp8Size);
  if (in.U32() != kMagic) return std::nullopt;
  MediaRecord record;
  record.layer = in.U8();
  record.index = in.U32();
  record.frame = in.U32();
  record.packet = in.U16();
  record.packets = in.U16();
  record.key_frame = in.U8() != 0;
  record.captured = Timestamp::Micros(static_cast<int64_t>(in.U64()));
  if (!in.ok()) return std::nullopt;
  return record;
}

}  // namespace sluice::sim
