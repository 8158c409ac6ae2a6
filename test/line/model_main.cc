// line-model: what a subscriber of simulcasts sees behind a line that changes, in the simulator, as JSON: the whole worker,
// and receivers that decode what is complete. Of each phase the first seconds, `--settle`, are told apart: which layers
// the videos have in the end, what layers they had carry on average, the longest freeze and the most changes of one.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "test/scenario/line_conference.h"

namespace sluice::sim {
namespace {

using nlohmann::json;

struct Wanted {
  int videos = 3;
  std::vector<int> layers_kbps = {70, 250, 900};
  uint16_t key_frame_times = 4;
  int fps = 25;
  double sway = 0;
  std::vector<int> lines_kbps = {1000, 3000, 500};
  int settle_s = 5;
  int phase_s = 30;
  uint64_t seed = 1;
};

// Lets `seconds` pass, and tells what was seen meanwhile and is there in the end.
json Look(LineConference& conference, int seconds) {
  conference.Begin();
  DataRate given;
  for (int i = 0; i < seconds; ++i) {
    conference.Run(TimeDelta::Seconds(1));
    given = given + conference.Given() * (1.0 / seconds);
  }
  json layers = json::array();
  for (const auto& video : conference.videos) layers.push_back(video.layer());
  return {{"layers", layers},
          {"given_kbps", given.kbps()},
          {"freeze_ms", conference.LongestFreeze().ms()},
          {"changes", conference.MostChanges()}};
}

json Play(const Wanted& wanted) {
  SimulcastShape shape{.key_frame_times = wanted.key_frame_times,
                       .frame_interval = TimeDelta::Micros(1'000'000 / wanted.fps),
                       .sway = wanted.sway};
  for (const int kbps : wanted.layers_kbps) shape.rates.push_back(DataRate::KilobitsPerSec(kbps));
  LineConference conference(wanted.seed, wanted.videos, shape);
  json phases = json::array();
  for (const int kbps : wanted.lines_kbps) {
    conference.SetLine(Line(DataRate::KilobitsPerSec(kbps)));
    json phase{{"line_kbps", kbps}, {"settling", Look(conference, wanted.settle_s)}};
    phase["settled"] = Look(conference, wanted.phase_s - wanted.settle_s);
    phases.push_back(std::move(phase));
  }
  conference.call.Settle();
  return {{"phases", phases}, {"audio_missing", conference.AudioMissing()}};
}

}  // namespace
}  // namespace sluice::sim

int main(int argc, char** argv) {
  CLI::App app("What a subscriber of simulcasts sees behind a line that changes", "line-model");
  sluice::sim::Wanted wanted;
  app.add_option("--videos", wanted.videos, "So many publishers, of whom two talk")->check(CLI::Range(1, 50));
  app.add_option("--layers", wanted.layers_kbps, "Bit rates of a video's layers, kbit/s, the lowest first")
      ->delimiter(',')
      ->expected(1, 3);
  app.add_option("--key-frame", wanted.key_frame_times, "A key frame is so many times as large")
      ->check(CLI::Range(1, 50));
  app.add_option("--fps", wanted.fps, "Frames a second of each video")->check(CLI::Range(1, 120));
  app.add_option("--sway", wanted.sway, "Frames get larger and smaller over seconds, by about that share")
      ->check(CLI::Range(0.0, 0.5));
  app.add_option("--lines", wanted.lines_kbps, "What the line carries, kbit/s, phase by phase")->delimiter(',');
  app.add_option("--settle", wanted.settle_s, "Of each phase the first seconds, told apart");
  app.add_option("--phase", wanted.phase_s, "Seconds of a phase, those included");
  app.add_option("--seed", wanted.seed, "Of the simulation");
  CLI11_PARSE(app, argc, argv);
  if (wanted.settle_s < 1 || wanted.phase_s <= wanted.settle_s) {
    std::cerr << "line-model: --phase must be longer than --settle, and that at least 1" << std::endl;
    return 1;
  }
  std::cout << sluice::sim::Play(wanted).dump(1) << std::endl;
  return 0;
}
