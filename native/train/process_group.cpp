#include "native/train/process_group.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include "shared/base/numbers.hpp"

// DIGIT_VAE_C10D: CMake found c10d with Gloo in this LibTorch.
#if DIGIT_VAE_C10D
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
#define DIGIT_VAE_NCCL 1
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#endif

namespace vae {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Reads an integer from the environment, at least 0 and below `limit`.
int number(const char* name, int limit) {
  const std::string text = environment(name);
  const auto value = parse_whole(text);
  if (!value || *value >= static_cast<std::uint64_t>(limit)) {
    throw Failure(Exit::kUsage, std::string("the environment's ") + name + " is \"" + text +
                                    "\"; expected an integer from 0 to " + std::to_string(limit - 1) +
                                    "; start with torchrun --no-python, which sets it");
  }
  return static_cast<int>(*value);
}

[[maybe_unused]] constexpr int kMaxProcesses = 65536, kMaxPort = 65536;

}  // namespace

int local_rank() { return environment("LOCAL_RANK").empty() ? 0 : number("LOCAL_RANK", 4096); }

ProcessGroup::ProcessGroup(ProcessGroup&&) noexcept = default;
ProcessGroup::~ProcessGroup() = default;

#if DIGIT_VAE_C10D

struct ProcessGroup::Backends {
  c10::intrusive_ptr<c10d::TCPStore> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#if DIGIT_VAE_NCCL
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif
};

namespace {

constexpr std::chrono::minutes kTimeout{5};  // for another process to start, or to answer

/// Shortens c10d's message: removes the source location before and the advice after it.
std::string reason(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.starts_with('[') && line.find("] ") != std::string::npos) line.erase(0, line.find("] ") + 2);
  return line.substr(0, line.find(". "));
}

/// Runs a collective operation; any exception means that a process is lost.
template <class Talk>
void with_peers(const char* what, Talk&& talk) {
  try {
    talk();
  } catch (const std::exception& e) {
    throw PeerLost(std::string("lost another process while ") + what + " (" + reason(e.what()) + ")");
  }
}

c10::intrusive_ptr<c10d::ProcessGroupGloo> make_gloo(const c10::intrusive_ptr<c10d::TCPStore>& store,
                                                     int rank, int size) {
  using Gloo = c10d::ProcessGroupGloo;
  auto options = Gloo::Options::create(kTimeout);
  const std::string interface = environment("GLOO_SOCKET_IFNAME");
  options->devices.push_back(interface.empty() ? Gloo::createDefaultDevice()
                                               : Gloo::createDeviceForInterface(interface));
  return c10::make_intrusive<Gloo>(store, rank, size, options);
}

/// Returns options for a store whose server does not need libuv, which Debian's LibTorch lacks. Clients and
/// servers of both kinds understand each other. (A template, because LibTorch before 2.3 has no such option.)
template <class Options>
Options without_libuv() {
  Options options;
  if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
  return options;
}

}  // namespace

ProcessGroup::ProcessGroup() = default;

ProcessGroup ProcessGroup::join([[maybe_unused]] torch::Device device) {
  ProcessGroup group;
  if (environment("WORLD_SIZE").empty()) return group;
  group.size_ = std::max(1, number("WORLD_SIZE", kMaxProcesses));
  group.rank_ = number("RANK", group.size_);
  if (group.size_ == 1) return group;
  auto options = without_libuv<c10d::TCPStoreOptions>();
  options.port = static_cast<std::uint16_t>(number("MASTER_PORT", kMaxPort));
  options.isServer = group.first() && environment("TORCHELASTIC_USE_AGENT_STORE") != "True";
  options.numWorkers = static_cast<std::size_t>(group.size_);
  options.multiTenant = true;
  options.timeout = kTimeout;
  const std::string address = environment("MASTER_ADDR");
  if (address.empty())
    throw Failure(Exit::kUsage,
                  "the environment names no MASTER_ADDR; start with torchrun --no-python, which sets it");
  with_peers("joining the others", [&] {
    group.backends_ = std::make_unique<Backends>();
    group.backends_->store = c10::make_intrusive<c10d::TCPStore>(address, options);
    group.backends_->gloo = make_gloo(group.backends_->store, group.rank_, group.size_);
#if DIGIT_VAE_NCCL
    if (device.is_cuda())
      group.backends_->nccl =
          c10::make_intrusive<c10d::ProcessGroupNCCL>(group.backends_->store, group.rank_, group.size_);
#endif
  });
  return group;
}

std::string ProcessGroup::backend() const {
  if (size_ == 1) return {};
#if DIGIT_VAE_NCCL
  if (backends_->nccl) return "NCCL";
#endif
  return "Gloo";
}

void ProcessGroup::sum(torch::Tensor& tensor, const char* what) {
  if (size_ == 1) return;
#if DIGIT_VAE_NCCL
  if (tensor.is_cuda() && backends_->nccl) {
    std::vector<torch::Tensor> on_device{tensor};
    return with_peers(what, [&] {
      backends_->nccl->allreduce(on_device)->wait();
      torch::cuda::synchronize();  // wait() only orders streams; a lost process shows here
    });
  }
#endif
  std::vector<torch::Tensor> on_cpu{tensor.cpu()};  // the tensor itself where it is there already
  with_peers(what, [&] { backends_->gloo->allreduce(on_cpu)->wait(); });
  if (!tensor.is_cpu()) tensor.copy_(on_cpu[0]);
}

std::vector<std::byte> ProcessGroup::broadcast(std::vector<std::byte> bytes) {
  if (size_ == 1) return bytes;
  with_peers("sending the state", [&] {
    std::vector<torch::Tensor> size{torch::full({1}, static_cast<std::int64_t>(bytes.size()), torch::kLong)};
    backends_->gloo->broadcast(size)->wait();
    bytes.resize(static_cast<std::size_t>(size[0].item<std::int64_t>()));
    if (bytes.empty()) return;
    std::vector<torch::Tensor> data{
        torch::from_blob(bytes.data(), {static_cast<std::int64_t>(bytes.size())}, torch::kByte)};
    backends_->gloo->broadcast(data)->wait();
  });
  return bytes;
}

#else

struct ProcessGroup::Backends {};

ProcessGroup::ProcessGroup() = default;

ProcessGroup ProcessGroup::join(torch::Device) {
  if (!environment("WORLD_SIZE").empty() && number("WORLD_SIZE", kMaxProcesses) > 1) {
    throw Failure(Exit::kUsage,
                  "the environment asks for a group of processes (WORLD_SIZE), but this LibTorch was built "
                  "without c10d; build against one that has it (pip's torch), or start a single process");
  }
  return {};
}

std::string ProcessGroup::backend() const { return {}; }
void ProcessGroup::sum(torch::Tensor&, const char*) {}
std::vector<std::byte> ProcessGroup::broadcast(std::vector<std::byte> bytes) { return bytes; }

#endif

bool ProcessGroup::any(bool here) {
  if (size_ == 1) return here;
  torch::Tensor count = torch::full({1}, here ? 1.0f : 0.0f);
  sum(count, "asking whether to stop");
  return count.item<float>() > 0;
}

}  // namespace vae
