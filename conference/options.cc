#include "conference/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>

#include "conference/origin.h"

namespace sluice::conference {
namespace {

namespace fs = std::filesystem;

absl::Status Wrong(std::string_view option, std::string_view problem) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", option, problem));
}

absl::Status CheckReadable(std::string_view option, const std::string& path) {
  if (access(path.c_str(), R_OK) == 0 && fs::is_regular_file(path)) return absl::OkStatus();
  return Wrong(option, fmt::format("\"{}\" is not a file that can be read", path));
}

absl::Status CheckTls(const Options& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return options.key_file.empty() ? Wrong("--certificate", "needs --key as well: the file with its private key")
                                    : Wrong("--key", "needs --certificate as well: the file with its certificate");
  }
  if (!options.tls()) return absl::OkStatus();
  if (absl::Status status = CheckReadable("--certificate", options.certificate_file); !status.ok()) return status;
  return CheckReadable("--key", options.key_file);
}

absl::Status CheckMedia(const Options& options) {
  if (options.workers < 1 || options.workers > kMaxWorkers) {
    return Wrong("--workers", fmt::format("{} is not from 1 to {}", options.workers, kMaxWorkers));
  }
  if (options.media_port != 0 && options.media_port + options.workers - 1 > 65535) {
    return Wrong("--media-port", fmt::format("{} workers need as many ports from {} on, and 65535 is the last",
                                             options.workers, options.media_port));
  }
  if (!options.announce.empty() && ReachOf(options.announce) == Reach::kAny) {
    return Wrong("--announce", fmt::format("\"{}\" is no address that a browser could send to", options.announce));
  }
  if (options.announce.find_first_of(" /[]") != std::string::npos ||
      (ReachOf(options.announce) == Reach::kName && options.announce.find(':') != std::string::npos)) {
    return Wrong("--announce",
                 fmt::format("\"{}\" is no IP address or host name; the port is --media-port's", options.announce));
  }
  if (access(options.worker_binary.c_str(), X_OK) != 0 || fs::is_directory(options.worker_binary)) {
    return Wrong("--worker-binary", fmt::format("\"{}\" is not a program that can be started; build it with "
                                                "scripts/build, or say where it is",
                                                options.worker_binary));
  }
  return absl::OkStatus();
}

absl::Status CheckAll(Options& options, const std::string& listen) {
  absl::StatusOr<Endpoint> endpoint = ParseEndpoint(listen);
  if (!endpoint.ok()) return Wrong("--listen", std::string(endpoint.status().message()));
  options.listen = *std::move(endpoint);
  if (absl::Status status = CheckTls(options); !status.ok()) return status;
  if (absl::Status status = CheckMedia(options); !status.ok()) return status;
  for (std::string& origin : options.origins) {
    while (origin.ends_with('/')) origin.pop_back();
    if (!IsOrigin(origin)) {
      return Wrong("--origin", fmt::format("\"{}\" is no origin; write https://HOST or https://HOST:PORT", origin));
    }
  }
  return absl::OkStatus();
}

std::string DefaultWebDirectory(const std::string& program_directory) {
  std::error_code error;
  const fs::path installed = fs::path(program_directory) / ".." / "share" / "sluice" / "web";
  return fs::is_directory(installed, error) ? installed.lexically_normal().string() : SLUICE_WEB_DIR;
}

void AddNetworkOptions(CLI::App& app, Options& options, std::string& listen) {
  app.add_option("--listen", listen, "Address and port of the page; [::1]:4443 for IPv6, 0.0.0.0:4443 for everybody")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  app.add_option("--media-port", options.media_port,
                 "UDP and TCP port for media of the first worker; each further one takes the next. 0: any")
      ->type_name("PORT")
      ->capture_default_str();
  app.add_option("--announce", options.announce,
                 "Address for media that browsers are told, where they cannot reach the one that is listened on (NAT)")
      ->type_name("ADDRESS");
  app.add_option("--certificate", options.certificate_file, "TLS certificate chain (PEM); makes the page https")
      ->type_name("FILE");
  app.add_option("--key", options.key_file, "Its private key (PEM)")->type_name("FILE");
  app.add_option("--origin", options.origins, "A page elsewhere that may use this server, as https://HOST; repeatable")
      ->type_name("ORIGIN");
}

void AddProcessOptions(CLI::App& app, Options& options) {
  app.add_option("--workers", options.workers, "Media processes; one core each")->type_name("N")->capture_default_str();
  app.add_option("--worker-binary", options.worker_binary, "The sluice-worker program")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--web", options.web_directory, "Folder of the page")->type_name("FOLDER")->capture_default_str();
  app.add_option("--log-level", options.log_level, "debug, info, warn or error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv, const std::string& program_directory) {
  CommandLine result;
  Options& options = result.options;
  options.workers = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kMaxWorkers);
  options.worker_binary = program_directory + "/sluice-worker";
  options.web_directory = DefaultWebDirectory(program_directory);
  std::string listen = fmt::format("{}:{}", options.listen.address, options.listen.port);

  CLI::App app("Sluice: video conferences. Starts the page, its signalling and the media workers.", "sluice");
  app.set_version_flag("--version", fmt::format("sluice {}", SLUICE_VERSION));
  AddNetworkOptions(app, options, listen);
  AddProcessOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    result.text = app.help();
    return result;
  } catch (const CLI::CallForVersion&) {
    result.text = app.version() + "\n";
    return result;
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(error.what());
  }
  if (absl::Status status = CheckAll(options, listen); !status.ok()) return status;
  return result;
}

}  // namespace sluice::conference
