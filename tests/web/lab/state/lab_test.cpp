// The lab's state and models, without a window: what a visitor does and what becomes of it.
#include "web/lab/state/lab.hpp"

#include <cmath>
#include <fstream>
#include <iterator>

#include "shared/math/latent.hpp"
#include "tests/catch.hpp"
#include "tests/models.hpp"

using namespace lab;

namespace {

using Floats = std::vector<float>;
constexpr int kLatent = 24;  // of the default model

std::vector<std::byte> asset(const std::string& name) {
  std::ifstream file(std::string(ASSETS "/") + name, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void open_default(Lab& lab) {
  lab.open(LabState{});
  REQUIRE_FALSE(lab.give("weights.bin", asset("weights.bin")));
}

double standing() { return 0; }

/// Draws until nothing is left to decode; the picture of z.
Floats picture(Lab& lab, const Floats& z) {
  int slot = -1;
  do {
    lab.gallery().begin_frame();
    slot = lab.picture(z);
  } while (lab.refresh(standing));
  REQUIRE(lab.gallery().ready(slot));
  const auto pixels = lab.gallery().pixels(slot);
  return {pixels.begin(), pixels.end()};
}

double difference(const Floats& a, const Floats& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(static_cast<double>(a[i] - b[i]));
  return sum / static_cast<double>(a.size());
}

}  // namespace

TEST_CASE("a fresh lab asks for the default and shows clear digits of its prior") {
  Lab lab;
  lab.open(LabState{});
  REQUIRE(lab.wanted().size() == 1);
  CHECK(lab.wanted()[0].file == "weights.bin");
  CHECK_FALSE(lab.loaded());
  CHECK_FALSE(lab.give("weights.bin", asset("weights.bin")));
  REQUIRE(lab.loaded());
  CHECK(lab.wanted()[0].status == Wanted::kLoaded);
  CHECK(lab.latent() == kLatent);
  const vae::Model& model = lab.current()->model;
  CHECK(lab.state().z == model.sample_prior(27, 1));
  CHECK(lab.state().stops == std::vector<Floats>{model.sample_prior(27, 0), model.sample_prior(27, 7)});
  CHECK(picture(lab, lab.state().z) == *lab.current()->model.decode(lab.state().z));
}

TEST_CASE("a damaged file, and a model of other images, change nothing") {
  Lab lab;
  open_default(lab);
  const Floats z = lab.state().z;
  std::vector<std::byte> damaged = asset("tf-mlp.bin");
  damaged[90000] ^= std::byte{1};
  const auto error = lab.load(kOwnModel, damaged);
  REQUIRE(error);
  CHECK(error->code == vae::ErrorCode::kCrc);
  CHECK(lab.load(kOwnModel, vae::testing::sealed_file())->code == vae::ErrorCode::kShape);
  lab.want("tf-mlp.bin");
  CHECK(lab.give("tf-mlp.bin", damaged));
  CHECK(lab.find_wanted("tf-mlp.bin")->status == Wanted::kFailed);
  CHECK(lab.current()->id == "resnet");
  CHECK(lab.state().model == "resnet");
  CHECK(lab.state().z == z);
}

TEST_CASE("another model takes over what is on the screen: the same digit, in its own latents") {
  Lab lab;
  open_default(lab);
  const Floats z = lab.state().z, before = picture(lab, z);
  lab.use_model("autoencoder");
  CHECK(lab.current()->id == "resnet");  // until the file is there
  CHECK(lab.find_wanted("autoencoder.bin") != nullptr);
  REQUIRE_FALSE(lab.give("autoencoder.bin", asset("autoencoder.bin")));
  CHECK(lab.current()->id == "autoencoder");
  CHECK(lab.state().z != z);
  CHECK(difference(picture(lab, lab.state().z), before) < 0.05);
  lab.use_model("resnet");  // is there already
  CHECK(lab.current()->id == "resnet");
  lab.use_model("no such model");
  CHECK(lab.state().model == "resnet");
}

TEST_CASE("a link's latents are taken where they fit its model, and replaced where they do not") {
  Lab lab;
  LabState state;
  state.z = Floats(kLatent, 0.5f);
  state.stops = {Floats(kLatent, 1), Floats(3, 1), Floats(kLatent, -1)};
  lab.open(state);
  REQUIRE_FALSE(lab.give("weights.bin", asset("weights.bin")));
  CHECK(lab.state().z == Floats(kLatent, 0.5f));
  REQUIRE(lab.state().stops.size() == 3);
  CHECK(lab.state().stops[0] == Floats(kLatent, 1));
  CHECK(lab.state().stops[1].size() == kLatent);
  CHECK(lab.state().stops[2] == Floats(kLatent, -1));
  state.model = "unknown";
  lab.open(state);
  CHECK(lab.state().model == "resnet");
}

TEST_CASE("z can be undone and done again; one drag is one step") {
  Lab lab;
  open_default(lab);
  const Floats first = lab.state().z;
  for (const float value : {0.1f, 0.2f, 0.3f}) lab.set_latent(4, value);
  lab.end_tag();
  lab.set_latent(4, 0.9f);
  CHECK(lab.state().z[4] == 0.9f);
  lab.undo();
  CHECK(lab.state().z[4] == 0.3f);
  lab.undo();
  CHECK(lab.state().z == first);
  CHECK_FALSE(lab.can_undo());
  lab.redo();
  lab.redo();
  CHECK(lab.state().z[4] == 0.9f);
  lab.undo();
  lab.surprise();
  CHECK_FALSE(lab.can_redo());
  lab.set_latent(kLatent, 1);
  lab.set_latent(0, NAN);
  lab.set_z(Floats(3));
  CHECK(lab.state().z.size() == kLatent);
  for (const float value : lab.state().z) CHECK(std::isfinite(value));
}

TEST_CASE("stops and the drawing are undone as z is, in the order in which they changed") {
  Lab lab;
  open_default(lab);
  LabState& state = lab.state();
  const Floats z = state.z;
  const std::vector<Floats> stops = state.stops;
  lab.add_stop(Floats(kLatent, 1));
  lab.set_stop(0, Floats(kLatent, 2));
  lab.set_stop(0, Floats(kLatent, 2));  // no change, no step
  lab.set_t(2);
  lab.remember();
  state.strokes = {Stroke{{1, 2, 3, 4}}};
  state.test_digit = 5;
  lab.surprise();
  lab.undo();
  CHECK(state.z == z);
  CHECK(state.strokes.size() == 1);
  lab.undo();
  CHECK(state.strokes.empty());
  CHECK(state.test_digit == -1);
  CHECK(state.stops[0] == Floats(kLatent, 2));
  lab.undo();
  CHECK(state.stops == std::vector<Floats>{stops[0], stops[1], Floats(kLatent, 1)});
  lab.undo();
  CHECK(state.stops == stops);
  CHECK(state.t == 1);
  CHECK_FALSE(lab.can_undo());
  for (int i = 0; i < 3; ++i) lab.redo();
  CHECK(state.test_digit == 5);
  CHECK(state.strokes[0].xy == std::vector<std::uint8_t>{1, 2, 3, 4});
  lab.remove_stop(2);
  lab.undo();
  CHECK(state.stops.size() == 3);
}

TEST_CASE("a drag that is taken away leaves no step, neither back nor forth") {
  Lab lab;
  open_default(lab);
  const Floats z = lab.state().z;
  lab.set_latent(0, 2.5f);
  lab.take_back();
  CHECK(lab.state().z == z);
  CHECK_FALSE(lab.can_undo());
  CHECK_FALSE(lab.can_redo());
  lab.take_back();
  CHECK(lab.state().z == z);
}

TEST_CASE("samples: of the prior, of a class, cooler") {
  Lab lab;
  open_default(lab);
  CHECK(lab.sample(5) == lab.current()->model.sample_prior(27, 5));
  lab.state().temperature = 0;
  const Floats means = lab.current()->model.mixture()->mean,
               mean = lab.sample(5);  // of the prior's components
  bool found = false;
  for (auto at = means.begin(); at != means.end(); at += kLatent)
    found |= std::equal(mean.begin(), mean.end(), at);
  CHECK(found);
  lab.state().temperature = 1;
  lab.state().digit = 7;
  int sevens = 0;
  for (int i = 0; i < 100; ++i) sevens += lab.looks_like(lab.sample(i))[0] == 7 ? 1 : 0;
  CHECK(sevens > 85);
}

TEST_CASE("a morph goes through its stops, and around when it loops") {
  Lab lab;
  open_default(lab);
  LabState& state = lab.state();
  state.stops = {Floats(kLatent, 1), Floats(kLatent, 2), Floats(kLatent, 4)};
  state.slerp = false;
  CHECK(lab.last_t() == 2);
  CHECK(lab.between(0) == state.stops[0]);
  CHECK(lab.between(1) == state.stops[1]);
  CHECK(lab.between(2) == state.stops[2]);
  CHECK(lab.between(1.25f)[0] == Approx(2.5));
  state.ease = true;
  CHECK(lab.between(1.25f)[0] == Approx(2 + 2 * (3 * 0.0625 - 2 * 0.015625)));
  state.ease = false;
  state.loop = true;
  CHECK(lab.last_t() == 3);
  CHECK(lab.between(2.5f)[0] == Approx(2.5));
  CHECK(lab.between(3) == state.stops[0]);
}

TEST_CASE("a morph has two to eight stops, and t stays among them") {
  Lab lab;
  open_default(lab);
  LabState& state = lab.state();
  const Floats first = state.stops[0], second = state.stops[1];
  lab.remove_stop(0);
  CHECK(state.stops == std::vector<Floats>{first, second});
  lab.add_stop(Floats(kLatent - 1));
  CHECK(state.stops.size() == 2);
  for (int i = 0; i < 9; ++i) lab.add_stop(Floats(kLatent, static_cast<float>(i)));
  CHECK(state.stops.size() == 8);
  CHECK(state.stops[7] == Floats(kLatent, 5));
  lab.set_t(7);
  for (const int outside : {-1, 8}) lab.remove_stop(outside);
  lab.remove_stop(0);
  CHECK(state.stops.size() == 7);
  CHECK(state.stops[0] == second);
  CHECK(state.t == 6);
}

TEST_CASE("random latents are new each time, and of the class asked for") {
  Lab lab;
  open_default(lab);
  CHECK(lab.random_latent() != lab.random_latent());
  CHECK(lab.random_latent(7) != lab.random_latent(7));
  int sevens = 0;
  for (int i = 0; i < 100; ++i) sevens += lab.looks_like(lab.random_latent(7))[0] == 7 ? 1 : 0;
  CHECK(sevens > 80);
  CHECK(lab.random_latent(12).size() == kLatent);  // no such class: of the prior
}

TEST_CASE("an image is encoded to where the decoder makes it again") {
  Lab lab;
  open_default(lab);
  REQUIRE_FALSE(lab.give(kDigitsFile, asset("digits.bin")));
  const vae::Digits& digits = *lab.digits();
  for (const int i : {3, 70, 199}) {
    const auto image = digits.at(i);
    const auto mu = lab.encode_mu(image);
    REQUIRE(mu);
    CHECK(difference(picture(lab, *mu), {image.begin(), image.end()}) < 0.06);
  }
}

TEST_CASE("playing goes there and back, or around, and stays within the way") {
  Lab lab;
  open_default(lab);
  LabState& state = lab.state();
  state.playing = true;
  for (const bool loop : {false, true}) {
    state.loop = loop;
    float least = 9, most = -1;
    for (int i = 0; i < 200; ++i) {
      lab.advance(0.05);
      least = std::min(least, state.t);
      most = std::max(most, state.t);
    }
    CHECK((least >= 0 && least < 0.05));
    CHECK((most <= lab.last_t() && most > lab.last_t() - 0.05));
  }
  state.playing = false;
  const float t = state.t;
  lab.advance(0.05);
  CHECK(state.t == t);
}

TEST_CASE("pictures are decoded as a frame allows, and all in the end") {
  Lab lab;
  open_default(lab);
  const auto draw = [&] {
    lab.gallery().begin_frame();
    int ready = 0;
    for (int i = 0; i < 500; ++i) ready += lab.gallery().ready(lab.picture(lab.sample(i))) ? 1 : 0;
    return ready;
  };
  static double clock = 0;
  const auto slow = [] { return clock += 0.004; };  // every look at it takes 4 ms
  CHECK(draw() == 0);
  CHECK(lab.refresh(slow));
  const int first = draw();
  CHECK((first > 5 && first < 50));
  int frames = 1;
  while (lab.refresh(slow)) draw(), ++frames;
  CHECK(draw() == 500);
  CHECK(frames < 500 / first + 2);
  lab.set_z(lab.sample(1000));
  lab.gallery().begin_frame();
  lab.picture(lab.state().z);
  CHECK_FALSE(lab.refresh([] { return clock += 1; }));  // one is drawn even when the time is over
}
