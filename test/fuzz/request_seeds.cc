// request_seeds DIR: writes the valid examples of all requests and notifications as seeds of the request fuzzer, one
// file each. request_seeds --check DIR: fails unless they are there as they are now.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "test/support/control/examples.h"

int main(int argc, char** argv) {
  using namespace sluice::control;  // NOLINT(google-build-using-namespace): a program of one function
  const bool check = argc == 3 && std::string(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::fprintf(stderr, "request_seeds [--check] DIR\n");
    return 2;
  }
  const std::string folder = argv[argc - 1];
  const Schema schema(SLUICE_BFBS);
  int number = 0, exit_code = 0;
  for (const Example& example : LoadExamples(schema, SLUICE_EXAMPLES)) {
    const std::string name = fmt::format("{}/{:02}-{}", folder, number++, example.name);
    const std::vector<uint8_t> frame = Frame(schema, example.message, 1);
    if (!check) {
      std::ofstream(name, std::ios::binary)
          .write(reinterpret_cast<const char*>(frame.data()), static_cast<std::streamsize>(frame.size()));
      continue;
    }
    std::ifstream file(name, std::ios::binary);
    if (std::vector<uint8_t>{std::istreambuf_iterator<char>(file), {}} == frame) continue;
    std::fprintf(stderr, "%s is not the example: run request_seeds %s\n", name.c_str(), folder.c_str());
    exit_code = 1;
  }
  return exit_code;
}
