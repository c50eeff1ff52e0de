-- AlterTable
ALTER TABLE "Task" ADD COLUMN "credential" TEXT;
