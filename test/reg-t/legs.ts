// Parts of legs and terms that most tests leave as they are.
import type { GroupLeg } from "../../src/reg-t/group.js";
import type { UnderlyingKindTerms } from "../../src/reg-t/terms.js";

export const plainLeg: Pick<GroupLeg, "hasLoanValue" | "loanValue" | "share" | "standIn" | "opened"> = {
  hasLoanValue: false,
  loanValue: 0,
  share: null,
  standIn: null,
  opened: null,
};

export const plainTerms: Pick<UnderlyingKindTerms, "isOtc" | "isCashSettled"> = {
  isOtc: false,
  isCashSettled: false,
};
