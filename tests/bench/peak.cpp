// The most that one thread of WebAssembly SIMD can do: multiply and add in registers only. Returns a sum, so
// that nothing is left out; 56 multiply-adds a round. 14 sums, so that each may wait for its last addition,
// are all that 16 registers hold.
using Lanes = float __attribute__((vector_size(16)));

extern "C" float peak(int rounds, float factor) {
  constexpr int kSums = 14;
  Lanes sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = Lanes{} + static_cast<float>(i);
  const Lanes x = Lanes{} + factor;
  for (int round = 0; round < rounds; ++round) {
    for (Lanes& sum : sums) sum = sum * x + x;
  }
  Lanes all{};
  for (const Lanes& sum : sums) all += sum;
  return all[0] + all[1] + all[2] + all[3];
}
