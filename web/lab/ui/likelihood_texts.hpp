// What the lab says of each likelihood.
#pragma once

#include "shared/spec/likelihood.hpp"
#include "web/lab/ui/strings.hpp"

namespace lab {

struct LikelihoodTexts {
  Text summary;         // of the view Draw: its name and what the losses then are
  Text formula, words;  // of the view Inside: the reconstruction loss, and what its letters mean
};

constexpr LikelihoodTexts texts(vae::Likelihood likelihood) {
  switch (likelihood) {
    case vae::Likelihood::kBernoulli:
      return {Text::kDrawBernoulli, Text::kInsideBernoulli, Text::kInsideBernoulliWords};
    case vae::Likelihood::kSquaredError:
      return {Text::kDrawSquaredError, Text::kInsideSquaredError, Text::kInsideSquaredErrorWords};
    case vae::Likelihood::kGaussian:
      return {Text::kDrawGaussian, Text::kInsideGaussian, Text::kInsideGaussianWords};
  }
  return {};
}

}  // namespace lab
