#include "web/lab/state/models.hpp"

#include <filesystem>
#include <string_view>

#include "tests/catch.hpp"

TEST_CASE("the known models are the trained weights, the default first") {
  const auto models = lab::known_models();
  REQUIRE(!models.empty());
  CHECK(std::string_view(models[0].id) == "resnet");
  CHECK(std::string_view(models[0].file) == "weights.bin");
  const std::filesystem::path assets = ASSETS;
  for (const lab::KnownModel& model : models) {
    INFO(model.file);
    CHECK(file_size(assets / model.file) == static_cast<std::uintmax_t>(model.bytes));
    CHECK(model.latent > 0);
    if (std::string_view(model.id) == "autoencoder") {
      CHECK(model.test_neg_elbo == 0);
    } else {
      CHECK((model.test_neg_elbo > 20 && model.test_neg_elbo < 1000));
    }
    if (*model.snapshots == '\0') {
      CHECK(model.snapshot_bytes == 0);
    } else {
      CHECK(file_size(assets / model.snapshots) == static_cast<std::uintmax_t>(model.snapshot_bytes));
    }
  }
}
