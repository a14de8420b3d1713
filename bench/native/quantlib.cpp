// American options with QuantLib's QdFp "fast" scheme, one Instrument and Engine call per cell, as a small N-API addon.
// americanCells(terms, volatilities, factors, out): terms = 5 columns of n (spot | strike | years | rate | yield),
// puts; volatilities = volCount columns of n; out = n rows of volCount x factors.length. Returns nothing.
// dividendCells(terms, isCall, volatilities, factors, days, amounts, out): one American option with cash dividends on whole
// days from now, finite differences 200 x 200 under the spot model, one Instrument and Engine call per cell.
#include <node_api.h>
#include <ql/quantlib.hpp>
#include <cmath>
using namespace QuantLib;

static double* column(napi_env env, napi_value value, size_t* length) {
  void* data;
  napi_get_typedarray_info(env, value, nullptr, length, &data, nullptr, nullptr);
  return static_cast<double*>(data);
}

static napi_value americanCells(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  size_t termCount, volLength, priceCount, outLength;
  const double* terms = column(env, args[0], &termCount);
  const double* vols = column(env, args[1], &volLength);
  const double* factors = column(env, args[2], &priceCount);
  double* out = column(env, args[3], &outLength);
  const size_t n = termCount / 5, volCount = volLength / n;
  const Date today(2, January, 2024);
  Settings::instance().evaluationDate() = today;
  const DayCounter dc = Actual365Fixed();
  for (size_t i = 0; i < n; i++) {
    const double strike = terms[n + i], years = terms[2 * n + i];
    const Date expiry = today + static_cast<int>(std::lround(years * 365.0));
    Handle<YieldTermStructure> r(ext::make_shared<FlatForward>(today, terms[3 * n + i], dc));
    Handle<YieldTermStructure> q(ext::make_shared<FlatForward>(today, terms[4 * n + i], dc));
    for (size_t j = 0; j < volCount; j++) {
      Handle<BlackVolTermStructure> v(
          ext::make_shared<BlackConstantVol>(today, NullCalendar(), vols[j * n + i], dc));
      auto spot = ext::make_shared<SimpleQuote>(terms[i]);
      auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), q, r, v);
      VanillaOption option(ext::make_shared<PlainVanillaPayoff>(Option::Put, strike),
                           ext::make_shared<AmericanExercise>(today, expiry));
      option.setPricingEngine(ext::make_shared<QdFpAmericanEngine>(process, QdFpAmericanEngine::fastScheme()));
      for (size_t k = 0; k < priceCount; k++) {
        spot->setValue(terms[i] * factors[k]);
        out[(i * volCount + j) * priceCount + k] = option.NPV();
      }
    }
  }
  return nullptr;
}

static napi_value dividendCells(napi_env env, napi_callback_info info) {
  size_t argc = 7;
  napi_value args[7];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  size_t length, volCount, priceCount, dividendCount;
  const double* terms = column(env, args[0], &length);
  const double isCall = *column(env, args[1], &length);
  const double* vols = column(env, args[2], &volCount);
  const double* factors = column(env, args[3], &priceCount);
  const double* days = column(env, args[4], &dividendCount);
  const double* amounts = column(env, args[5], &dividendCount);
  double* out = column(env, args[6], &length);
  const Date today(2, January, 2024);
  Settings::instance().evaluationDate() = today;
  const DayCounter dc = Actual365Fixed();
  const Date expiry = today + static_cast<int>(std::lround(terms[2] * 365.0));
  std::vector<Date> dates;
  std::vector<Real> cash(amounts, amounts + dividendCount);
  for (size_t d = 0; d < dividendCount; d++) dates.push_back(today + static_cast<int>(days[d]));
  Handle<YieldTermStructure> r(ext::make_shared<FlatForward>(today, terms[3], dc));
  Handle<YieldTermStructure> q(ext::make_shared<FlatForward>(today, terms[4], dc));
  for (size_t j = 0; j < volCount; j++) {
    Handle<BlackVolTermStructure> v(ext::make_shared<BlackConstantVol>(today, NullCalendar(), vols[j], dc));
    auto spot = ext::make_shared<SimpleQuote>(terms[0]);
    auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), q, r, v);
    DividendVanillaOption option(
        ext::make_shared<PlainVanillaPayoff>(isCall != 0.0 ? Option::Call : Option::Put, terms[1]),
        ext::make_shared<AmericanExercise>(today, expiry), dates, cash);
    option.setPricingEngine(ext::make_shared<FdBlackScholesVanillaEngine>(process, 200, 200));
    for (size_t k = 0; k < priceCount; k++) {
      spot->setValue(terms[0] * factors[k]);
      out[j * priceCount + k] = option.NPV();
    }
  }
  return nullptr;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value f;
  napi_create_function(env, "americanCells", NAPI_AUTO_LENGTH, americanCells, nullptr, &f);
  napi_set_named_property(env, exports, "americanCells", f);
  napi_create_function(env, "dividendCells", NAPI_AUTO_LENGTH, dividendCells, nullptr, &f);
  napi_set_named_property(env, exports, "dividendCells", f);
  return exports;
}
NAPI_MODULE(plimsoll_quantlib, init)
