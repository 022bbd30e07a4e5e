#include "native/support/workers.hpp"

#include <utility>

namespace vae {
namespace {

/// Waits until `number` differs from `value`: spins for a moment, since pieces are short, then sleeps.
void wait_while(const std::atomic<unsigned>& number, unsigned value) {
  for (int i = 0; i < 2000; ++i) {
    if (number.load(std::memory_order_acquire) != value) return;
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  number.wait(value, std::memory_order_acquire);
}

}  // namespace

Workers::Workers(int count) {
  for (int i = 1; i < count; ++i) threads_.emplace_back([this, i] { work(i); });
}

Workers::~Workers() {
  ending_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::run(const std::function<void(int)>& piece) {
  piece_ = &piece;
  running_ = static_cast<unsigned>(threads_.size());
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  attempt(0);
  for (unsigned left = running_; left > 0; left = running_) wait_while(running_, left);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Workers::work(int index) {
  for (unsigned seen = 0;;) {
    wait_while(round_, seen);
    if (ending_) return;
    ++seen;
    attempt(index);
    running_.fetch_sub(1, std::memory_order_release);
    running_.notify_one();
  }
}

void Workers::attempt(int index) {
  try {
    (*piece_)(index);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

}  // namespace vae
