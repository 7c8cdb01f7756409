"""Makes messages about incidents, and sends them through the configured channels."""

from flask_status_cli.notify.channels import Channel, channels
from flask_status_cli.notify.message import message, test_message
from flask_status_cli.notify.send_to_channels import TIME_LIMIT, send
from flask_status_cli.notify.transitions import LEVEL_MINUTES, DueMessages, due_messages

__all__ = [
    "LEVEL_MINUTES",
    "TIME_LIMIT",
    "Channel",
    "DueMessages",
    "channels",
    "due_messages",
    "message",
    "send",
    "test_message",
]
