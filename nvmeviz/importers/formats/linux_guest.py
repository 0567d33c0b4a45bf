"""The guest kernel's nvme, block and irq events. Linux drivers/nvme/host/trace.h,
include/trace/events/block.h and irq.h.

trace-cmd report and perf script can't always print the nvme events the kernel's way; then they
print their fields as they are, with other names. `nvme_sq` comes with every CQE that the driver
handles, not with a doorbell: the driver has no event for those. Command ids carry a generation in
their upper bits since 5.15.
"""

from __future__ import annotations

from nvmeviz.importers import records as r
from nvmeviz.importers.format import Event, Format

# Opcodes by the kernel's names. NVMe Base 2.1, figure 88 (admin), NVM Command Set 1.1, figure 20.
OPCODES = {
    "nvme_admin_delete_sq": 0x00,
    "nvme_admin_create_sq": 0x01,
    "nvme_admin_get_log_page": 0x02,
    "nvme_admin_delete_cq": 0x04,
    "nvme_admin_create_cq": 0x05,
    "nvme_admin_identify": 0x06,
    "nvme_admin_abort_cmd": 0x08,
    "nvme_admin_set_features": 0x09,
    "nvme_admin_get_features": 0x0A,
    "nvme_admin_async_event": 0x0C,
    "nvme_admin_ns_mgmt": 0x0D,
    "nvme_admin_activate_fw": 0x10,
    "nvme_admin_download_fw": 0x11,
    "nvme_admin_ns_attach": 0x15,
    "nvme_admin_keep_alive": 0x18,
    "nvme_admin_directive_send": 0x19,
    "nvme_admin_directive_recv": 0x1A,
    "nvme_admin_dbbuf": 0x7C,
    "nvme_admin_format_nvm": 0x80,
    "nvme_admin_security_send": 0x81,
    "nvme_admin_security_recv": 0x82,
    "nvme_admin_sanitize_nvm": 0x84,
    "nvme_cmd_flush": 0x00,
    "nvme_cmd_write": 0x01,
    "nvme_cmd_read": 0x02,
    "nvme_cmd_write_uncor": 0x04,
    "nvme_cmd_compare": 0x05,
    "nvme_cmd_write_zeroes": 0x08,
    "nvme_cmd_dsm": 0x09,
    "nvme_cmd_verify": 0x0C,
    "nvme_cmd_resv_register": 0x0D,
    "nvme_cmd_resv_report": 0x0E,
    "nvme_cmd_resv_acquire": 0x11,
    "nvme_cmd_resv_release": 0x15,
    "nvme_cmd_zone_mgmt_send": 0x79,
    "nvme_cmd_zone_mgmt_recv": 0x7A,
    "nvme_cmd_zone_append": 0x7D,
}

_SETUP = ("qid", "cmdid", "opcode", "len", "qsize", "cqid")
_COMPLETE = ("qid", "cmdid", "status", "retries")

FORMAT = Format(
    name="linux",
    words="the Linux guest's trace (nvme, block and irq events)",
    events=(
        Event(
            "nvme_setup_cmd", r.G_SETUP, _SETUP, "AB", ("C", OPCODES), ("", "cid", "opcode"), "AB"
        ),
        Event("nvme_complete_rq", r.G_COMPLETE, _COMPLETE, "ABC", others=("", "cid"), short="AB"),
        Event(
            "nvme_sq",
            r.G_SQ,
            ("qid", "head", "tail"),
            "ABC",
            None,
            ("", "sq_head", "sq_tail"),
            "ABC",
        ),
        Event("nvme_async_event", r.G_ASYNC),
        Event("irq_handler_entry", r.G_IRQ_ENTER, ("irq",), "A"),
        Event("irq_handler_exit", r.G_IRQ_EXIT, ("irq",), "A"),
        Event("block_rq_issue", r.G_BLOCK_ISSUE),
        Event("block_rq_complete", r.G_BLOCK_COMPLETE, (0,)),
        Event("block_rq_requeue", r.G_BLOCK_REQUEUE, (0,)),
        Event("block_rq_error", r.G_BLOCK_ERROR, (0,)),
        Event("tracing_mark_write", r.G_MARK),
    ),
)
