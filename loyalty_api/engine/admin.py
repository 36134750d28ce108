"""Where Django looks for operators' pages; they stand in a module per domain."""

from loyalty_api.engine import coupon_admin, ledger_admin, member_admin

__all__ = ["coupon_admin", "ledger_admin", "member_admin"]
