#include "test/line/tun.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace sluice::line {
namespace {

int Checked(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int OpenFile(const std::string& path, int flags) {
  return Checked(open(path.c_str(), flags | O_CLOEXEC), "cannot open " + path);
}

// While it lives this thread is in another network namespace.
class Visit {
 public:
  explicit Visit(pid_t there) : home_(OpenFile("/proc/self/ns/net", O_RDONLY)) {
    const int visited = OpenFile("/proc/" + std::to_string(there) + "/ns/net", O_RDONLY);
    const int result = setns(visited, CLONE_NEWNET);
    close(visited);
    Checked(result, "cannot enter the other network namespace");
  }
  ~Visit() {
    setns(home_, CLONE_NEWNET);
    close(home_);
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  int home_;
};

}  // namespace

Tun::Tun(const std::string& name, std::optional<pid_t> there) {
  std::optional<Visit> visit;
  if (there) visit.emplace(*there);
  fd_ = OpenFile("/dev/net/tun", O_RDWR | O_NONBLOCK);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  Checked(ioctl(fd_, TUNSETIFF, &request), "cannot make the device " + name);
}

Tun::~Tun() { close(fd_); }

std::optional<size_t> Tun::Read(std::span<uint8_t> buffer) {
  const ssize_t size = read(fd_, buffer.data(), buffer.size());
  if (size < 0) return std::nullopt;
  return static_cast<size_t>(size);
}

void Tun::Write(std::span<const uint8_t> packet) {
  [[maybe_unused]] const ssize_t written = write(fd_, packet.data(), packet.size());
}

}  // namespace sluice::line
