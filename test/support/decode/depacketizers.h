// One depacketiser for each codec, all behind Depacketizer::Make().
#pragma once

#include <memory>

#include "test/support/decode/depacketizer.h"

namespace sluice::testing_support {

std::unique_ptr<Depacketizer> MakeVp8Depacketizer();
std::unique_ptr<Depacketizer> MakeVp9Depacketizer();
std::unique_ptr<Depacketizer> MakeH264Depacketizer();
std::unique_ptr<Depacketizer> MakeH265Depacketizer();
std::unique_ptr<Depacketizer> MakeAv1Depacketizer();

}  // namespace sluice::testing_support
