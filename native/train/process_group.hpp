// The processes that train one model together, when native_train is started by torchrun: a thin layer over
// LibTorch's c10d, Gloo on CPUs and NCCL on GPUs. Without such a start it is a group of one, and costs
// nothing. Every process makes the same calls in the same order.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "native/support/failure.hpp"

namespace vae {

/// Another process of the group is gone, or cannot be reached.
struct PeerLost : Failure {
  explicit PeerLost(const std::string& message) : Failure(Exit::kDevice, message) {}
};

class ProcessGroup {
 public:
  ProcessGroup();  // of this process alone
  /// The group that the environment names as torchrun does (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT);
  /// alone where it names none. Sums of tensors on `device` use NCCL where that is CUDA and this LibTorch has
  /// it. Waits up to five minutes for the others. Throws Failure kUsage (an incomplete environment, or a
  /// LibTorch without c10d) and PeerLost.
  static ProcessGroup join(torch::Device device);
  ProcessGroup(ProcessGroup&&) noexcept;
  ~ProcessGroup();

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool first() const { return rank_ == 0; }  // the one that prints and writes

  /// What sums of tensors on the group's device go through: "NCCL", "Gloo", or nothing for one process.
  std::string backend() const;

  /// Adds up a tensor over all processes, in place; the same bits in each. Throws PeerLost, which says what
  /// was done.
  void sum(torch::Tensor& tensor, const char* what);
  /// Does any process say so? Throws PeerLost.
  bool any(bool here);
  /// The first process' bytes. Throws PeerLost.
  std::vector<std::byte> broadcast(std::vector<std::byte> bytes);

 private:
  struct Backends;
  int rank_ = 0, size_ = 1;
  std::unique_ptr<Backends> backends_;  // null for one process
};

/// The rank on this machine that torchrun names (LOCAL_RANK), 0 without it: which GPU to take.
int local_rank();

}  // namespace vae
