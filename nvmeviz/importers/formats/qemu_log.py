"""QEMU's log of its `pci_nvme_*` trace points, 5.1 to 10.x. QEMU hw/nvme/trace-events.

Names changed between 7.1, 7.2 and 8.0 and arguments were added in 6.0 and 6.1; numbers are found by the
word before them, so one table reads them all. Some things have no trace point: a CQE being written,
an eventfd that woke the controller, and before 8.0 the event index of a completion queue.
"""

from __future__ import annotations

from nvmeviz.importers import records as r
from nvmeviz.importers.format import Event, Format

_SQ = ("sqid", "new_tail")
_CQ = ("cqid", "new_head")
_RW = ("", "cid", "nlb", "count")
# A value beyond the queue is told, for a head and for a tail as new_head.
_BAD_SQ, _BAD_CQ = ("sqid", "new_head"), ("cqid", "new_head")

FORMAT = Format(
    name="qemu",
    words="QEMU's trace log (-trace 'pci_nvme_*')",
    events=(
        Event("pci_nvme_mmio_doorbell_sq", r.R_SQ_DOORBELL, _SQ, "AB", short="AB"),
        Event("pci_nvme_mmio_doorbell_cq", r.R_CQ_DOORBELL, _CQ, "AB", short="AB"),
        Event("pci_nvme_update_sq_tail", r.R_TAIL_READ, ("sqid", 2), "AB", short="AB"),
        Event("pci_nvme_shadow_doorbell_sq", r.R_TAIL_READ, ("sqid", 2), "AB", short="AB"),
        Event("pci_nvme_update_cq_head", r.R_HEAD_READ, ("cqid", 2), "AB", short="AB"),
        Event("pci_nvme_shadow_doorbell_cq", r.R_HEAD_READ, ("cqid", 2), "AB", short="AB"),
        Event(
            "pci_nvme_update_sq_eventidx",
            r.R_SQ_EVENTIDX,
            ("sqid", "new_eventidx"),
            "AB",
            short="AB",
        ),
        Event("pci_nvme_eventidx_sq", r.R_SQ_EVENTIDX, ("sqid", "new_eventidx"), "AB", short="AB"),
        Event(
            "pci_nvme_update_cq_eventidx",
            r.R_CQ_EVENTIDX,
            ("cqid", "new_eventidx"),
            "AB",
            short="AB",
        ),
        Event("pci_nvme_eventidx_cq", r.R_CQ_EVENTIDX, ("cqid", "new_eventidx"), "AB", short="AB"),
        Event("pci_nvme_io_cmd", r.R_IO_CMD, ("sqid", "cid", "opc"), "ABC", short="AB"),
        Event("pci_nvme_admin_cmd", r.R_ADMIN_CMD, ("sqid", "cid", "opc"), "ABC", short="AB"),
        Event("pci_nvme_read", r.R_BLOCKS, _RW, "BC", short="B"),
        Event("pci_nvme_write", r.R_BLOCKS, _RW, "BC", short="B"),
        Event("pci_nvme_rw", r.R_BLOCKS, _RW, "BC", short="B"),
        Event(
            "pci_nvme_enqueue_req_completion",
            r.R_DONE,
            ("cqid", "cid", "status"),
            "ABC",
            short="ABC",
        ),
        Event("pci_nvme_irq_msix", r.R_IRQ, ("vector",), "A", short="A"),
        Event("pci_nvme_irq_pin", r.R_IRQ_PIN),
        Event("pci_nvme_create_sq", r.R_CREATE_SQ, ("sqid", "cqid", "qsize"), "ABC", short="ABC"),
        Event(
            "pci_nvme_create_cq",
            r.R_CREATE_CQ,
            ("cqid", "vector", "qsize", "ien"),
            "ABC",
            short="ABC",
        ),
        Event("pci_nvme_del_sq", r.R_DELETE_SQ, ("sqid",), "A", short="A"),
        Event("pci_nvme_del_cq", r.R_DELETE_CQ, ("cqid",), "A", short="A"),
        Event("pci_nvme_mmio_start_success", r.R_ENABLE),
        Event("pci_nvme_mmio_stopped", r.R_DISABLE),
        Event("pci_nvme_mmio_shutdown_set", r.R_SHUTDOWN),
        Event("pci_nvme_pci_reset", r.R_PCI_RESET),
        Event("pci_nvme_dbbuf_config", r.R_DBBUF_CONFIG),
        Event("pci_nvme_mmio_write", r.R_MMIO_WRITE, ("addr", "data"), "AB"),
        Event("pci_nvme_ub_db_wr_invalid_sq", r.R_BAD_SQ_DOORBELL, _BAD_SQ, "A", short="A"),
        Event("pci_nvme_ub_db_wr_invalid_sqtail", r.R_BAD_SQ_DOORBELL, _BAD_SQ, "A", short="A"),
        Event("pci_nvme_ub_db_wr_invalid_cq", r.R_BAD_CQ_DOORBELL, _BAD_CQ, "A", short="A"),
        Event("pci_nvme_ub_db_wr_invalid_cqhead", r.R_BAD_CQ_DOORBELL, _BAD_CQ, "A", short="A"),
        Event("pci_nvme_mmio_aqattr", r.R_ADMIN_SIZES, ("attributes",), "A"),
        Event("pci_nvme_err_cfs", r.R_FATAL),
        Event("pci_nvme_err_startfail", r.R_FATAL),
    ),
)
