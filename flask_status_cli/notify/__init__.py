"""Makes messages about incidents, and sends them through the configured channels."""

from flask_status_cli.notify.channels import Channel, channels
from flask_status_cli.notify.message import message, test_message
from flask_status_cli.notify.send_to_channels import TIME_LIMIT, send
from flask_status_cli.notify.transitions import LEVEL_MINUTES, Due, due

__all__ = [
    "LEVEL_MINUTES",
    "TIME_LIMIT",
    "Channel",
    "Due",
    "channels",
    "due",
    "message",
    "send",
    "test_message",
]
